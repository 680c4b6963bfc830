import { peerPermissions, socketPermissions, socketTypes } from "../../knowledge/network";
import type { Condition } from "../../rules/rule";
import type { UnixRule } from "../../rules/unix";
import { type Fault, suggestion } from "../fault";
import { type ConditionUse, refuseConditions } from "./conditions";
import { refusePermissions } from "./permissions";

const local: ReadonlyMap<string, ConditionUse> = new Map([
	["type", {}],
	["addr", {}],
]);

const peer: ReadonlyMap<string, ConditionUse> = new Map([
	["addr", {}],
	["label", {}],
]);

export function refuseUnix(rule: UnixRule): Fault[] {
	return [
		...refusePermissions("unix", rule.permissions, socketPermissions),
		...refuseConditions("unix", rule.local, local),
		...refuseConditions("unix peer", rule.peer, peer),
		...[...rule.local, ...rule.peer].flatMap(refuseAddress),
		...rule.local.flatMap(refuseType),
		...refusePeerPermissions("unix", rule.permissions, rule.peer),
	];
}

function refuseAddress({ name, values: [value = ""] }: Condition): Fault[] {
	if (name !== "addr" || value.startsWith("@") || value === "none" || value === "auto") return [];
	const message = `addr=${value}: an address begins with @ (abstract sockets), or is none or auto; a socket in the file system is a file rule`;
	return [{ code: "bad-condition", message }];
}

function refuseType({ name, values: [value = ""] }: Condition): Fault[] {
	if (name !== "type" || value === "none" || value === "dccp" || socketTypes.includes(value)) return [];
	return [{ code: "bad-condition", message: `there is no socket type ${value}${suggestion(value, socketTypes)}` }];
}

/** Permissions on the socket itself say nothing about a peer. */
export function refusePeerPermissions(kind: string, permissions: string[], conditions: Condition[]): Fault[] {
	if (conditions.length === 0) return [];
	const wrong = permissions.filter((each) => socketPermissions.includes(each) && !peerPermissions.includes(each));
	if (wrong.length === 0) return [];
	const message = `${wrong.join(", ")} is about the socket itself and does not go with peer=( … ) in a ${kind} rule`;
	return [{ code: "bad-condition", message }];
}
