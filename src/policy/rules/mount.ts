import type { Lexer } from "../lexer";
import { printRuleWord } from "../print/word";
import { ruleWord } from "../words";
import { parseConditions, printConditions } from "./conditions";
import type { Condition, RuleBase, RuleFields } from "./rule";

/** `mount fstype=tmpfs options=(rw) source -> /target/,` and its kin. */
export interface MountRule extends RuleBase {
	kind: "mount";
	operation: "mount" | "remount" | "umount";
	/** `fstype`, `vfstype`, `options` and `option`, in their order. */
	conditions: Condition[];
	source?: string;
	/** The mount point. */
	target?: string;
}

/** Reads what stands behind the operation. */
export function parseMount(lexer: Lexer, operation: MountRule["operation"]): RuleFields<MountRule> {
	const conditions = parseConditions(lexer);
	const first = lexer.peek("->") ? undefined : lexer.ruleWord(ruleWord)?.text;
	if (operation !== "mount")
		return { kind: "mount", operation, conditions, ...(first === undefined ? {} : { target: first }) };
	lexer.spaces();
	const source = first === undefined ? {} : { source: first };
	if (!lexer.take("->")) return { kind: "mount", operation, conditions, ...source };
	lexer.spaces();
	const start = lexer.at;
	if (parseConditions(lexer).length > 0)
		throw lexer.error(
			'conditions behind "->", which apparmor_parser does not support; write them before the source',
			start,
		);
	const target = lexer.ruleWord(ruleWord)?.text;
	if (target === undefined) throw lexer.expected('a mount point behind "->"');
	return { kind: "mount", operation, conditions, ...source, target };
}

export function printMount({ operation, conditions, source, target }: MountRule): string {
	const words = [operation, ...printConditions(conditions)];
	if (source !== undefined) words.push(printRuleWord(source, []));
	if (target !== undefined && operation === "mount") words.push("->");
	if (target !== undefined) words.push(printRuleWord(target, []));
	return words.join(" ");
}
