import type { Lexer } from "../lexer";
import { printName } from "../print/word";
import { parseSingleConditions } from "./conditions";
import { parsePermissions, printPermissions } from "./permissions";
import type { RuleBase, RuleFields } from "./rule";

/** `io_uring (sqpoll override_creds) label=x,`. */
export interface IoUringRule extends RuleBase {
	kind: "io_uring";
	permissions: string[];
	label?: string;
}

const permissions = ["sqpoll", "override_creds"];

export function parseIoUring(lexer: Lexer): RuleFields<IoUringRule> {
	lexer.gap();
	const found = parsePermissions(lexer, permissions);
	lexer.gap();
	const label = parseSingleConditions(lexer, "io_uring", ["label"]).get("label");
	return { kind: "io_uring", permissions: found, ...(label === undefined ? {} : { label }) };
}

export function printIoUring(rule: IoUringRule): string {
	const label = rule.label === undefined ? [] : [`label=${printName(rule.label)}`];
	return ["io_uring", ...printPermissions(rule.permissions), ...label].join(" ");
}
