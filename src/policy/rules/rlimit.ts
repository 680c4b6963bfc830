import type { Lexer } from "../lexer";
import type { RuleBase, RuleFields } from "./rule";

/** `set rlimit nofile <= 1024,`. */
export interface RlimitRule extends RuleBase {
	kind: "rlimit";
	/** `nofile`, `cpu`, … as written. */
	resource: string;
	/** A number with its unit, or `infinity`, as written. */
	value: string;
}

const word = /[A-Za-z_]+/y;
const value = /infinity(?![A-Za-z_])|-?\d+(?:[ \t]*[A-Za-z_]+)?/y;

/** Reads what stands behind `set`. */
export function parseRlimit(lexer: Lexer): RuleFields<RlimitRule> {
	lexer.gap();
	if (!lexer.keyword("rlimit")) throw lexer.expected('"rlimit" behind "set"');
	lexer.spaces();
	const resource = lexer.match(word)?.[0];
	if (resource === undefined) throw lexer.expected('a resource, such as "nofile", behind "rlimit"');
	lexer.spaces();
	if (!lexer.take("<=")) throw lexer.expected(`"<=" behind "${resource}"`);
	lexer.spaces();
	const limit = lexer.match(value)?.[0];
	if (limit === undefined) throw lexer.expected('a number or "infinity"');
	return { kind: "rlimit", resource, value: limit.replace(/[ \t]+/, "") };
}

export function printRlimit(rule: RlimitRule): string {
	return `set rlimit ${rule.resource} <= ${rule.value}`;
}
