import type { Lexer } from "../lexer";
import { parseConditions, parseGroup, printConditions, printGroup } from "./conditions";
import { socketPermissions } from "./network";
import { parsePermissions, printPermissionList } from "./permissions";
import type { Condition, RuleBase, RuleFields } from "./rule";

/** `unix (connect send) type=stream addr=@myapp peer=(label=x addr=@y),`. */
export interface UnixRule extends RuleBase {
	kind: "unix";
	permissions: string[];
	/** `type`, `protocol`, `addr`, `label`, `attr`, `opt`, in their order. */
	local: Condition[];
	peer: Condition[];
}

export function parseUnix(lexer: Lexer): RuleFields<UnixRule> {
	lexer.spaces();
	return {
		kind: "unix",
		permissions: parsePermissions(lexer, socketPermissions),
		local: parseConditions(lexer),
		peer: parseGroup(lexer, "peer") ?? [],
	};
}

export function printUnix(rule: UnixRule): string {
	return [
		"unix",
		...printPermissionList(rule.permissions),
		...printConditions(rule.local),
		...printGroup("peer", rule.peer),
	].join(" ");
}
