import type { MqueueRule } from "../../rules/mqueue";
import type { Fault } from "../fault";
import { letters, refusePermissions } from "./permissions";

const permissions = ["read", "write", "create", "open", "delete", "getattr", "setattr", ...letters];

export function refuseMqueue(rule: MqueueRule): Fault[] {
	return [...refusePermissions("mqueue", rule.permissions, permissions), ...refuseType(rule), ...refuseName(rule)];
}

function refuseType({ type }: MqueueRule): Fault[] {
	if (type === undefined || type === "posix" || type === "sysv") return [];
	return [{ code: "bad-condition", message: `type=${type}: a message queue is posix or sysv` }];
}

function refuseName({ type, name }: MqueueRule): Fault[] {
	if (name === undefined) return [];
	const fault = (message: string): Fault[] => [{ code: "bad-condition", message }];
	if (name.startsWith("/")) {
		return type === "sysv" ? fault(`${name} with type=sysv: a System V queue's name is a number`) : [];
	}
	if (/^\d+$/.test(name)) {
		return type === "posix" ? fault(`${name} with type=posix: a POSIX queue's name begins with a slash`) : [];
	}
	return fault(`${name} names no message queue: a slash and a name (POSIX), or a number (System V)`);
}
