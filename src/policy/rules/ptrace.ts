import type { Lexer } from "../lexer";
import { printName } from "../print/word";
import { parseSingleConditions } from "./conditions";
import { parsePermissions, printPermissions } from "./permissions";
import type { RuleBase, RuleFields } from "./rule";

/** `ptrace (read trace) peer=myapp,`. */
export interface PtraceRule extends RuleBase {
	kind: "ptrace";
	permissions: string[];
	peer?: string;
}

const permissions = ["read", "write", "trace", "readby", "tracedby"];

export function parsePtrace(lexer: Lexer): RuleFields<PtraceRule> {
	lexer.spaces();
	const found = parsePermissions(lexer, permissions);
	const peer = parseSingleConditions(lexer, "ptrace", ["peer"]).get("peer");
	return { kind: "ptrace", permissions: found, ...(peer === undefined ? {} : { peer }) };
}

export function printPtrace(rule: PtraceRule): string {
	const peer = rule.peer === undefined ? [] : [`peer=${printName(rule.peer)}`];
	return ["ptrace", ...printPermissions(rule.permissions), ...peer].join(" ");
}
