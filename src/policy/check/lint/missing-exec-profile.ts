import type { ExpandedProfile } from "../../expand/expanded";
import type { FileRule } from "../../rules/file";
import { type Problem, problemAt } from "../problem";
import { StartIndex } from "../start-index";
import { isOwn, type LintContext } from "./context";

/** Executions that are refused where the profile that they enter is not loaded, in complain mode too. */
export function missingExecProfile(context: LintContext): Problem[] {
	// What includes a fragment can have the profile.
	if (context.fragment) return [];
	const families = familiesOf(context.expanded.profiles);
	return context.expanded.profiles.flatMap((profile) =>
		profile.rules.flatMap((rule) => {
			if (rule.kind !== "file" || !isOwn(context, rule)) return [];
			if (/^cx$/i.test(rule.exec ?? "")) return missingChild(rule, profile, families.get(profile.name), context);
			if (/^px$/i.test(rule.exec ?? "")) return missingProfile(rule, families.get(undefined), context);
			return [];
		}),
	);
}

/** The profiles that one profile may enter by `cx`, or any by `px`. */
interface Family {
	names: Set<string>;
	attached: StartIndex<ExpandedProfile>;
}

/** The children of each profile by its name, and the profiles that are none's children. */
function familiesOf(profiles: ExpandedProfile[]): Map<string | undefined, Family> {
	const members = new Map<string | undefined, ExpandedProfile[]>();
	for (const profile of profiles) {
		const list = members.get(profile.parent);
		if (list === undefined) members.set(profile.parent, [profile]);
		else list.push(profile);
	}
	const families = new Map<string | undefined, Family>();
	for (const [parent, list] of members) {
		const attached = list.filter(({ attachment }) => attachment !== undefined);
		const names = new Set(list.map(({ name }) => name));
		families.set(parent, { names, attached: new StartIndex(attached, ({ attachment = "" }) => attachment) });
	}
	return families;
}

/** A stack, a profile of another namespace, or none. */
const isElsewhere = /[&:]|^unconfined$/;

function missingChild(
	rule: FileRule,
	profile: ExpandedProfile,
	children: Family | undefined,
	context: LintContext,
): Problem[] {
	const { path = "", target } = rule;
	if (isThere(path, target, target && `${profile.name}//${target}`, children, context)) return [];
	const wanted = target === undefined ? `a child profile that attaches to ${path}` : `the child profile ${target}`;
	const message = `${path} ${rule.exec} enters ${wanted}, and ${profile.name} has none: the execution is refused, in complain mode too; add it, or use ${rule.exec?.charAt(0)}ix`;
	return [problemAt(rule, "missing-exec-profile", "warning", message)];
}

function missingProfile(rule: FileRule, profiles: Family | undefined, context: LintContext): Problem[] {
	const { path = "", target } = rule;
	// A name with // is that of a child, of whichever profile.
	const known = target?.includes("//") && context.expanded.profiles.some(({ name }) => name === target);
	if (known || isThere(path, target, target, profiles, context)) return [];
	const wanted = target === undefined ? `a profile that attaches to ${path}` : `the profile ${target}`;
	const message = `${path} ${rule.exec} enters ${wanted}, which is not in this policy: where it is not loaded, the execution is refused, in complain mode too`;
	return [problemAt(rule, "missing-exec-profile", "info", message)];
}

/** Whether what a rule enters is there, or may be. */
function isThere(
	path: string,
	target: string | undefined,
	name: string | undefined,
	family: Family | undefined,
	{ covering }: LintContext,
): boolean {
	if (target !== undefined && isElsewhere.test(target)) return true;
	if (name !== undefined) return family?.names.has(name) ?? false;
	for (const candidates of [family?.attached.beginning(path), family?.attached.continuing(path)]) {
		for (const { attachment = "" } of candidates ?? []) if (covering.overlap(attachment, path)) return true;
	}
	return covering.exhausted;
}
