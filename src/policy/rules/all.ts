import type { Lexer } from "../lexer";
import type { RuleBase, RuleFields } from "./rule";

/** `all,`: every rule of every class. AppArmor 4.0. */
export interface AllRule extends RuleBase {
	kind: "all";
}

export function parseAll(_lexer: Lexer): RuleFields<AllRule> {
	return { kind: "all" };
}

export function printAll(): string {
	return "all";
}
