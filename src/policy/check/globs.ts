import { GlobError, parseGlob } from "../compare/glob-pattern";
import type { ExpandedPolicy, ExpandedProfile } from "../expand/expanded";
import { isLinkTarget } from "../expand/patterns";
import type { Rule } from "../rules";
import type { Condition } from "../rules/rule";
import type { SourceRange } from "../source";
import { type Problem, problemAt } from "./problem";

/** The patterns that `apparmor_parser` cannot compile. */
export function badGlobs(policy: ExpandedPolicy): Problem[] {
	return policy.profiles.flatMap((profile) => [...ofHeader(profile), ...profile.rules.flatMap(ofRule)]);
}

function ofHeader(profile: ExpandedProfile): Problem[] {
	const xattrs = profile.xattrs.map(({ value }) => value);
	// The parser reads every name as a pattern, also where nothing attaches by it.
	const name = profile.attachment ?? profile.name.slice(profile.name.lastIndexOf("//") + 1);
	return [name, ...xattrs].flatMap((glob) => refuse(glob, profile.place));
}

function ofRule(rule: Rule): Problem[] {
	return patternsOf(rule).flatMap((glob) => refuse(glob, rule));
}

function refuse(glob: string | undefined, place: SourceRange): Problem[] {
	if (glob === undefined || !/[[\]{}\\]/.test(glob)) return [];
	const reason = badClass(glob) ?? reasonOf(() => parseGlob(glob));
	return reason === undefined
		? []
		: [problemAt(place, "bad-glob", "error", `the pattern ${shortened(glob)} ${reason}`)];
}

function reasonOf(parse: () => unknown): string | undefined {
	try {
		parse();
		return undefined;
	} catch (error) {
		if (!(error instanceof GlobError)) throw error;
		return error.message;
	}
}

/** What is wrong with the first `[ … ]` that `apparmor_parser` refuses though it is closed. */
function badClass(glob: string): string | undefined {
	for (const [found, members = ""] of glob.matchAll(/\\.|\[\^?((?:\\.|[^\]\\])*)\]/gs)) {
		if (found.startsWith("\\")) continue;
		if (members === "") return `has an empty ${found}`;
		// An escaped - is no different from one that is not.
		const plain = members.replace(/\\(.)/gs, (_, escaped) => (escaped === "-" ? "-" : "x"));
		if (!/^(?:.-[^-]|[^-]|(?<=^)-(?!-))(?:[^-]-[^-]|[^-])*$/s.test(plain))
			return `has ${found}, in which a - is neither the first nor in a range such as a-z`;
	}
	return undefined;
}

/** The patterns of a rule that are compiled. */
function patternsOf(rule: Rule): (string | undefined)[] {
	switch (rule.kind) {
		case "file":
			return [rule.path, isLinkTarget(rule) ? rule.target : undefined];
		case "link":
			return [rule.path, rule.target];
		case "change_profile":
			return [rule.exec, rule.target];
		case "mount": {
			const types = rule.conditions.filter(({ name }) => name === "fstype" || name === "vfstype");
			// An umount has no type: the parser reads it and leaves it out.
			return [rule.source, rule.target, ...(rule.operation === "umount" ? [] : types.flatMap(({ values }) => values))];
		}
		case "pivot_root":
			return [rule.oldRoot, rule.newRoot];
		case "dbus":
			return [...values(rule.local), ...values(rule.peer)];
		case "unix":
			return [...rule.local, ...rule.peer].flatMap(unixPatterns);
		case "signal":
		case "ptrace":
			return [rule.peer];
		case "mqueue":
			return [rule.name, rule.label];
		default:
			return [];
	}
}

/** An address's first letter is the @ of abstract sockets, and not a part of its pattern. */
function unixPatterns({ name, values: [value = ""] }: Condition): string[] {
	if (name === "label") return [value];
	return name === "addr" && value !== "none" && value !== "auto" ? [value.slice(1)] : [];
}

function values(conditions: Condition[]): string[] {
	return conditions.flatMap((condition) => condition.values);
}

const longest = 200;

function shortened(glob: string): string {
	return glob.length > longest ? `${glob.slice(0, longest)}…` : glob;
}
