import type { Access } from "../../../policy/compare/access";
import { createAccessChecker } from "../../../policy/compare/allows";
import { expandPolicy } from "../../../policy/expand/expand";
import type { ExpandedProfile, IncludeReader } from "../../../policy/expand/expanded";
import { parsePolicy } from "../../../policy/parse/parse";
import type { Rule } from "../../../policy/rules";
import { fileVerdict } from "../danger/files";
import { ruleVerdict } from "../danger/rules";
import { type Verdict, worst } from "../danger/verdict";

/** An abstraction, as one profile would include it. */
export interface Abstraction {
	/** As it stands between `<` and `>`. */
	include: string;
	rules: number;
	allows(access: Access): boolean;
	/** Its rules that are not harmless. */
	openings: Opening[];
}

export interface Opening {
	verdict: Verdict;
	allows(access: Access): boolean;
}

/** Reads an abstraction. Undefined where there is none of the name, or none that can be read. */
export function readAbstraction(name: string, profile: string, include: IncludeReader): Abstraction | undefined {
	const path = `abstractions/${name}`;
	if (include(path, true) === undefined) return undefined;
	const policy = parsePolicy(`include if exists <tunables/global>\nprofile x {\n  include <${path}>\n}\n`);
	const [expanded] = expandPolicy(policy, { include, variables: { profile_name: [profile] } }).expanded.profiles;
	if (expanded === undefined) return undefined;
	return {
		include: path,
		rules: expanded.rules.length,
		allows: allowedBy(expanded),
		openings: expanded.rules.flatMap((rule) => opening(rule, expanded)),
	};
}

function opening(rule: Rule, of: ExpandedProfile): Opening[] {
	const verdict = verdictOf(rule, of.name);
	return verdict.level === "ok" ? [] : [{ verdict, allows: allowedBy({ ...of, rules: [rule] }) }];
}

function allowedBy(profile: ExpandedProfile): (access: Access) => boolean {
	const checker = createAccessChecker(profile);
	return (access) => checker.verdict(access) === "allow";
}

function verdictOf(rule: Rule, profile: string): Verdict {
	if (rule.qualifiers.access === "deny") return { severity: 0, level: "ok" };
	if (rule.kind !== "file")
		return ruleVerdict(rule, profile, "peer" in rule && typeof rule.peer === "string" ? rule.peer : undefined);
	const path = rule.path ?? "/";
	const writes = rule.permissions.some((permission) => permission === "w" || permission === "a");
	return worst([fileVerdict(path, "read"), ...(writes ? [fileVerdict(path, "write")] : [])]);
}
