import type { Rule } from "../../../policy/rules";
import type { FilePermission } from "../../../policy/rules/file";

/** Permissions on a file, by its name as the kernel sees it. */
export interface FileNeed {
	kind: "file";
	name: string;
	permissions: FilePermission[];
	/** The process owns the file. */
	owner: boolean;
}

/** Running a program. */
export interface ExecNeed {
	kind: "exec";
	name: string;
	/** The profile that the kernel put the program in. */
	target?: string;
}

/** Anything that one rule says whole. */
export interface RuleNeed {
	kind: "rule";
	rule: Rule;
	/** The rule as it is proposed, where that is not the form that aa-logprof gives it. */
	preferred?: Rule;
	/** A profile that the rule names as its peer or label, unescaped. */
	peer?: string;
}

/** A hat that the program asks for. */
export interface HatNeed {
	kind: "hat";
	hat: string;
}

/** A flag without which the profile cannot see the path. */
export interface FlagNeed {
	kind: "flag";
	flag: string;
	/** The access that failed, as it will look with the flag. */
	access?: FileNeed;
}

/** What an event asks a policy for. */
export type Need = FileNeed | ExecNeed | RuleNeed | HatNeed | FlagNeed;

/** What a rule that stands in no text has for its place in one. */
export const nowhere = { start: 0, end: 0, position: { line: 1, column: 1 } };

/** The words of a mask such as `send receive` or `read, write`, sorted, each once. */
export function maskWords(mask: string | undefined): string[] {
	return [...new Set((mask ?? "").split(/[\s,]+/).filter((word) => word !== ""))].sort();
}
