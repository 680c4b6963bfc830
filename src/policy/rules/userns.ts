import type { Lexer } from "../lexer";
import type { RuleBase, RuleFields } from "./rule";

/** `userns create,`: making user namespaces. AppArmor 4.0. */
export interface UsernsRule extends RuleBase {
	kind: "userns";
	permissions: string[];
}

export function parseUserns(lexer: Lexer): RuleFields<UsernsRule> {
	lexer.spaces();
	return { kind: "userns", permissions: lexer.keyword("create") ? ["create"] : [] };
}

export function printUserns(rule: UsernsRule): string {
	return ["userns", ...rule.permissions].join(" ");
}
