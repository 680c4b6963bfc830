import type { Lexer } from "../lexer";
import { printName, printPath } from "../print/word";
import { parseProfileName } from "./change-profile";
import { parseSingleConditions } from "./conditions";
import type { RuleBase, RuleFields } from "./rule";

/** `pivot_root oldroot=/old/ /new/ -> profile,`. */
export interface PivotRootRule extends RuleBase {
	kind: "pivot_root";
	oldRoot?: string;
	newRoot?: string;
	/** The profile that the process gets. */
	target?: string;
}

export function parsePivotRoot(lexer: Lexer): RuleFields<PivotRootRule> {
	lexer.gap();
	const oldRoot = parseSingleConditions(lexer, "pivot_root", ["oldroot"]).get("oldroot");
	lexer.gap();
	const start = lexer.at;
	const newRoot = lexer.pathOrName()?.text;
	if (/^@\{[^}]*\}$/.test(newRoot ?? ""))
		throw lexer.error(`"${newRoot}", a variable alone; write "${newRoot}/", which apparmor_parser reads`, start);
	lexer.gap();
	const target = lexer.take("->") ? parseProfileName(lexer) : undefined;
	return {
		kind: "pivot_root",
		...(oldRoot === undefined ? {} : { oldRoot }),
		...(newRoot === undefined ? {} : { newRoot }),
		...(target === undefined ? {} : { target }),
	};
}

export function printPivotRoot({ oldRoot, newRoot, target }: PivotRootRule): string {
	const words = ["pivot_root"];
	if (oldRoot !== undefined) words.push(`oldroot=${printName(oldRoot)}`);
	if (newRoot !== undefined) words.push(printPath(newRoot));
	if (target !== undefined) words.push("->", printName(target));
	return words.join(" ");
}
