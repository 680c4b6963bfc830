import type { Lexer } from "../lexer";
import { parseConditions, parseGroup, printConditions, printGroup } from "./conditions";
import { parsePermissions, printPermissions } from "./permissions";
import type { Condition, RuleBase, RuleFields } from "./rule";

/** `dbus send bus=system path=/org/x interface=org.x member=Get peer=(name=org.x label=y),`. */
export interface DbusRule extends RuleBase {
	kind: "dbus";
	permissions: string[];
	/** `bus`, `path`, `interface`, `member`, `name`, in their order. */
	local: Condition[];
	/** `name` and `label`. */
	peer: Condition[];
}

const permissions = ["send", "receive", "bind", "eavesdrop", "read", "write"];

export function parseDbus(lexer: Lexer): RuleFields<DbusRule> {
	lexer.spaces();
	return {
		kind: "dbus",
		permissions: parsePermissions(lexer, permissions),
		local: parseConditions(lexer),
		peer: parseGroup(lexer, "peer") ?? [],
	};
}

export function printDbus(rule: DbusRule): string {
	return [
		"dbus",
		...printPermissions(rule.permissions),
		...printConditions(rule.local),
		...printGroup("peer", rule.peer),
	].join(" ");
}
