import type { ExpandedProfile } from "../../expand/expanded";
import type { Rule } from "../../rules";
import type { FileRule } from "../../rules/file";
import { type Problem, problemAt } from "../problem";
import { StartIndex } from "../start-index";
import { isOwn, type LintContext } from "./context";

/** The most patterns that one rule is compared with. */
const maxPerRule = 100;

/** Rules that another one, of the policy or of an include, makes superfluous, or denies all of. */
export function coveredRule(context: LintContext): Problem[] {
	return context.expanded.profiles.flatMap((profile) => [
		...coveredFiles(profile, context),
		...repeated(profile, context),
	]);
}

function coveredFiles({ rules }: ExpandedProfile, context: LintContext): Problem[] {
	const files = rules.filter(
		(rule): rule is FileRule => rule.kind === "file" && rule.path !== undefined && !rule.implied,
	);
	const index = new StartIndex(files, pathOf);
	return files
		.filter((rule) => isOwn(context, rule) && rule.qualifiers.access !== "deny")
		.flatMap((rule) => {
			const by = coveringRule(rule, index, context);
			return by === undefined ? [] : [finding(rule, by, context)];
		});
}

function coveringRule(rule: FileRule, index: StartIndex<FileRule>, { covering }: LintContext): FileRule | undefined {
	let looked = 0;
	for (const other of index.beginning(pathOf(rule))) {
		if (++looked > maxPerRule || covering.exhausted) return undefined;
		if (other !== rule && decides(other, rule) && covering.covers(pathOf(other), pathOf(rule))) return other;
	}
	return undefined;
}

function pathOf({ path = "" }: FileRule): string {
	return path;
}

/** Whether one rule leaves another nothing to say about the paths that both match. */
function decides(one: FileRule, other: FileRule): boolean {
	if ((one.qualifiers.priority ?? 0) !== (other.qualifiers.priority ?? 0)) return false;
	if (one.qualifiers.owner !== undefined && one.qualifiers.owner !== other.qualifiers.owner) return false;
	const permissions = new Set<string>(one.permissions);
	if (permissions.has("w")) permissions.add("a");
	if (!other.permissions.every((permission) => permissions.has(permission))) return false;
	if (one.qualifiers.access === "deny") return other.exec === undefined || one.exec !== undefined;
	if (one.qualifiers.access !== other.qualifiers.access || one.qualifiers.audit !== other.qualifiers.audit)
		return false;
	if (other.target !== undefined && other.target !== one.target) return false;
	if (
		other.exec !== undefined &&
		(other.exec !== one.exec || other.safety !== one.safety || other.target !== one.target)
	)
		return false;
	// Of two that say the same, the one behind is superfluous.
	return one.path !== other.path || !same(one, other) || isBefore(one, other);
}

function same(one: FileRule, other: FileRule): boolean {
	return (
		one.exec === other.exec &&
		one.permissions.length === other.permissions.length &&
		one.qualifiers.owner === other.qualifiers.owner
	);
}

function isBefore(one: FileRule, other: FileRule): boolean {
	return one.file !== other.file ? one.file !== undefined : one.start < other.start;
}

function finding(rule: FileRule, by: FileRule, context: LintContext): Problem {
	const place =
		by.file === undefined || by.file === context.file
			? `line ${by.position.line}`
			: `${by.file}, line ${by.position.line}`;
	if (by.qualifiers.access === "deny") {
		return problemAt(
			rule,
			"denied-rule",
			"warning",
			`${rule.path} has no effect: ${by.path} in ${place} denies all of it, and deny wins`,
		);
	}
	const message =
		by.path === rule.path
			? `${rule.path} is allowed already in ${place}`
			: `${rule.path} is allowed already by ${by.path} in ${place}`;
	return problemAt(rule, "covered-rule", "info", message);
}

/** Rules that are not about files and say what one before them has said. */
function repeated({ rules }: ExpandedProfile, context: LintContext): Problem[] {
	const seen = new Map<string, Rule>();
	const problems: Problem[] = [];
	// Those of includes first: a rule of the policy is superfluous beside them, and not the other way.
	for (const rule of [
		...rules.filter((each) => !isOwn(context, each)),
		...rules.filter((each) => isOwn(context, each)),
	]) {
		if (rule.kind === "file" || rule.kind === "link") continue;
		const key = contentOf(rule);
		const first = seen.get(key);
		if (first === undefined) seen.set(key, rule);
		else if (isOwn(context, rule)) {
			const place = isOwn(context, first)
				? `line ${first.position.line}`
				: `${first.file}, line ${first.position.line}`;
			problems.push(problemAt(rule, "covered-rule", "info", `the same ${rule.kind} rule stands in ${place}`));
		}
	}
	return problems;
}

const placeFields = new Set(["start", "end", "position", "file", "comment", "spaced"]);

function contentOf(rule: Rule): string {
	return JSON.stringify(rule, (key, value) => (placeFields.has(key) ? undefined : value));
}
