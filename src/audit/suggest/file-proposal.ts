import type { FilePermission, FileRule } from "../../policy/rules/file";
import { wantVerdict } from "./file-verdict";
import type { FileWant } from "./file-wants";
import type { PatternWant } from "./generalise/wants";
import { literalPattern } from "./literal";
import { nowhere } from "./needs/need";
import type { RuleProposal } from "./rule-suggestion";

/** The rule for files, with the literal one beside it where a pattern stands for a single file. */
export function fileProposal(want: PatternWant): RuleProposal {
	const rule = fileRule(want, want.pattern);
	const [name = ""] = want.names;
	const only = want.names.length === 1 && literalPattern(name) !== want.pattern;
	return {
		rule,
		reason: reasonFor(want),
		verdict: wantVerdict(want),
		provenance: want.provenance,
		alternatives: only ? [fileRule(want, literalPattern(name))] : [],
	};
}

function fileRule({ owner, permissions }: PatternWant, path: string): FileRule {
	return { ...nowhere, kind: "file", qualifiers: owner ? { owner: "owner" } : {}, path, permissions };
}

function reasonFor({ names, owner, reasons }: PatternWant): string {
	const whose = owner ? ", as their owner" : "";
	const needed = names.length === 1 ? "the program needs the file" : `the program needs ${names.length} such files`;
	return [needed + whose, ...reasons].join("; ");
}

/** What is left to want of a file when another rule gives some permissions on it to everyone. */
export function without(want: FileWant, given: readonly FilePermission[]): FileWant[] {
	const permissions = want.permissions.filter((permission) => !given.includes(permission));
	return permissions.length === 0 ? [] : [{ ...want, permissions }];
}
