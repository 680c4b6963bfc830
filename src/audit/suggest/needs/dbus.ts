import type { DbusRule } from "../../../policy/rules/dbus";
import type { Condition } from "../../../policy/rules/rule";
import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";

/** A `bind` may name only its name, an `eavesdrop` only its bus; messages have everything but a name. */
export function dbusNeed(event: AuditEvent): RuleNeed | undefined {
	const permissions = maskWords(event.denied_mask ?? event.denied ?? event.requested_mask);
	if (permissions.length === 0) return undefined;
	const given = (name: keyof AuditEvent): Condition[] => {
		const value = event[name];
		return typeof value === "string" && value !== "" ? [{ name, operator: "=", values: [literalPattern(value)] }] : [];
	};
	const peer = event.peer_profile;
	const rule: DbusRule = { ...nowhere, kind: "dbus", qualifiers: {}, permissions, local: given("bus"), peer: [] };
	if (permissions.includes("bind")) rule.local.push(...given("name"));
	else if (!permissions.includes("eavesdrop")) {
		rule.local.push(...given("path"), ...given("interface"), ...given("member"));
		if (peer !== undefined) rule.peer.push({ name: "label", operator: "=", values: [literalPattern(peer)] });
	}
	return { kind: "rule", rule, ...(rule.peer.length > 0 && peer !== undefined ? { peer } : {}) };
}
