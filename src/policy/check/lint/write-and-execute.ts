import type { ExpandedProfile } from "../../expand/expanded";
import type { FileRule } from "../../rules/file";
import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Paths that may be both written and executed: who makes the application write a file runs code of his own. */
export function writeAndExecute(context: LintContext): Problem[] {
	return context.expanded.profiles.flatMap((profile) => ofProfile(profile, context));
}

function ofProfile({ rules }: ExpandedProfile, context: LintContext): Problem[] {
	const allowed = rules.filter((rule): rule is FileRule => rule.kind === "file" && rule.qualifiers.access !== "deny");
	const writable = new Map<string, FileRule>();
	for (const rule of allowed) if (rule.path !== undefined && writes(rule)) writable.set(rule.path, rule);
	return allowed.flatMap((rule) => {
		const other = rule.path === undefined || !executes(rule) ? undefined : writable.get(rule.path);
		if (other === undefined || !isOwn(context, rule)) return [];
		const where =
			other === rule
				? ""
				: `, by line ${other.position.line}${other.file === undefined || other.file === context.file ? "" : ` of ${other.file}`}`;
		const done = rule.exec === undefined ? "mapped as code" : "executed";
		const message = `${rule.path} may be ${done} and written${where}: whatever the application can be made to write there can run; separate the two`;
		return [problemAt(rule, "write-and-execute", "warning", message)];
	});
}

function writes({ permissions }: FileRule): boolean {
	return permissions.includes("w") || permissions.includes("a");
}

function executes({ exec, permissions }: FileRule): boolean {
	return exec !== undefined || permissions.includes("m");
}
