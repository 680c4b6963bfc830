import type { DbusRule } from "../../rules/dbus";
import type { Fault } from "../fault";
import { type ConditionUse, conditionValue, refuseConditions } from "./conditions";
import { letters, refusePermissions } from "./permissions";

const permissions = ["send", "receive", "bind", "eavesdrop", "read", "write", ...letters];

const conditions: ReadonlyMap<string, ConditionUse> = new Map(
	["bus", "name", "label", "path", "interface", "member"].map((name) => [name, {}]),
);

const messagePermissions = ["send", "receive", "read", "write", ...letters];

export function refuseDbus(rule: DbusRule): Fault[] {
	const faults = [
		...refusePermissions("dbus", rule.permissions, permissions),
		...refuseConditions("dbus", rule.local, conditions),
		...refuseConditions("dbus peer", rule.peer, conditions),
	];
	const fault = (message: string): void => {
		faults.push({ code: "bad-condition", message });
	};
	for (const name of conditions.keys()) {
		if (conditionValue(rule.local, name) !== undefined && conditionValue(rule.peer, name) !== undefined) {
			fault(`${name} stands both before peer=( … ) and in it`);
		}
	}
	if (conditionValue(rule.local, "label") !== undefined) fault("label is about the peer: peer=(label=…)");

	const all = [...rule.local, ...rule.peer].map(({ name }) => name);
	const ownName = conditionValue(rule.local, "name") !== undefined;
	const isMessage =
		all.some((name) => ["path", "interface", "member", "label"].includes(name)) ||
		(!ownName && conditionValue(rule.peer, "name") !== undefined);
	if (isMessage && ownName)
		fault("name is the name that a service binds and does not go with path, interface, member or peer");
	if (isMessage && rule.permissions.includes("bind"))
		fault("bind takes bus and name only, not path, interface, member or peer");
	if (ownName && rule.permissions.some((permission) => messagePermissions.includes(permission))) {
		fault("send and receive do not go with a name of one's own: peer=(name=…) is the other side's");
	}
	if (rule.permissions.includes("eavesdrop") && all.some((name) => name !== "bus")) fault("eavesdrop takes bus only");
	return faults;
}
