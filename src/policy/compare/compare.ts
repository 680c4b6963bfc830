import { PolicyError } from "../errors";
import { expandPolicy } from "../expand/expand";
import type { ExpandedProfile, IncludeReader } from "../expand/expanded";
import { PolicyErrors, parsePolicy } from "../parse/parse";
import { printRule } from "../print/print";
import type { Rule } from "../rules";
import { compareCapabilities } from "./capabilities";
import type { Change, Direction, Finding, PolicyComparison } from "./change";
import { entriesOf } from "./entries";
import { checkAttachment, compareHeaders } from "./header";
import { compareLimits } from "./limits";
import { type SpaceName, spaces } from "./spaces";
import { compareTexts } from "./texts";

export type { Change, PolicyComparison } from "./change";

export interface CompareOptions {
	/** Reads the includes of both policies; without it, a policy with includes cannot be compared. */
	include?: IncludeReader;
	/** What the two policies are called in errors and places; by default they have no names. */
	files?: readonly string[];
}

/**
 * What changes in effect, not in text, from one policy to another: what is newly allowed, what no longer is, and what is
 * only logged differently. Patterns are compared as the languages that they are, with includes, variables and aliases put
 * in; two policies are equal where `apparmor_parser` 4.1 compiles them to the same, but that addresses and ports of
 * internet sockets, which it leaves out for most kernels, count here.
 *
 * Where telling two patterns apart would take too much work, of which only hostile ones are capable, their rules are
 * reported as changed.
 *
 * @throws PolicyErrors where one of the two cannot be read.
 */
export function comparePolicies(a: string, b: string, options: CompareOptions = {}): PolicyComparison {
	const before = read(a, options.files?.[0], options.include);
	const after = read(b, options.files?.[1], options.include);
	const comparison: PolicyComparison = { equal: true, widened: [], narrowed: [], auditChanged: [] };
	for (const name of new Set([...before.keys(), ...after.keys()])) {
		const findings = compareProfiles(before.get(name), after.get(name), options.files);
		for (const { direction, what, ...finding } of findings) {
			comparison[direction].push({ profile: name, ...finding, text: describe(name, direction, what, finding) });
		}
	}
	comparison.equal = comparison.widened.length + comparison.narrowed.length + comparison.auditChanged.length === 0;
	return comparison;
}

function read(
	text: string,
	file: string | undefined,
	include: IncludeReader | undefined,
): Map<string, ExpandedProfile> {
	const policy = parsePolicy(text, file === undefined ? {} : { file });
	const { expanded, errors } = expandPolicy(policy, { include });
	if (errors.length > 0) throw new PolicyErrors(errors);
	return new Map(expanded.profiles.map((profile) => [profile.name, profile]));
}

function compareProfiles(
	a: ExpandedProfile | undefined,
	b: ExpandedProfile | undefined,
	files: readonly string[] | undefined,
): Finding[] {
	for (const profile of [a, b]) if (profile !== undefined) checkAttachment(profile);
	if (a === undefined || b === undefined) {
		const profile = (a ?? b) as ExpandedProfile;
		readEntries(profile);
		return [existence(profile, b === undefined ? "a" : "b")];
	}
	const placed = (rule: Rule, side: "a" | "b"): Pick<Finding, "rule" | "in" | "line"> => {
		const file = rule.file ?? files?.[side === "a" ? 0 : 1];
		return {
			rule: printRule(rule),
			in: side,
			...(file === undefined ? {} : { file }),
			...(rule.implied ? {} : { line: rule.position.line }),
		};
	};
	const [aEntries, bEntries] = [readEntries(a), readEntries(b)];
	const texts = (Object.keys(spaces) as SpaceName[]).flatMap((space) =>
		compareTexts(space, aEntries.get(space) ?? [], bEntries.get(space) ?? []),
	);
	return [
		...compareHeaders(a, b),
		...[...texts, ...compareCapabilities(a.rules, b.rules), ...compareLimits(a.rules, b.rules)].map(
			({ cause, ...finding }): Finding => ({ ...finding, ...placed(cause, finding.in) }),
		),
	];
}

function readEntries(profile: ExpandedProfile): ReturnType<typeof entriesOf> {
	try {
		return entriesOf(profile);
	} catch (error) {
		throw error instanceof PolicyError ? new PolicyErrors([error]) : error;
	}
}

/** A profile that is new confines what was not; a child or a hat that is new is one more that can be entered. */
function existence(profile: ExpandedProfile, side: "a" | "b"): Finding {
	const isNew = side === "b";
	const inside = profile.parent !== undefined;
	const kind = profile.hat ? "hat" : inside ? "child profile" : "profile";
	return {
		direction: isNew === inside ? "widened" : "narrowed",
		class: "profile",
		in: side,
		line: profile.place.position.line,
		permissions: [],
		what: `the ${kind} is ${isNew ? "new" : "gone"}`,
	};
}

/** How a rule is said to make a change: one that the second policy has, and one that it has no longer. */
const byRule: Record<Direction, [now: string, gone: string]> = {
	widened: ["newly allowed by", "newly allowed without"],
	narrowed: ["no longer allowed by", "no longer allowed without"],
	auditChanged: ["logged differently by", "logged differently without"],
};

function describe(
	profile: string,
	direction: Direction,
	what: string,
	finding: Omit<Change, "profile" | "text">,
): string {
	const { rule, example, file, line } = finding;
	if (rule === undefined) return `${profile}: ${what}`;
	const gone = finding.in === "a";
	const place = [file, line === undefined ? "implied" : `line ${line}`].filter((part) => part !== undefined).join(" ");
	const on = example === undefined ? "" : `for example ${example}`;
	const details = [`${finding.class}${what === "" ? "" : ` ${what}`}`, on].filter((part) => part !== "").join(", ");
	const by = `${byRule[direction][gone ? 1 : 0]} "${rule.replace(/\s+/g, " ")}"`;
	return `${profile}: ${by} (${place}${gone ? " of the first" : ""}): ${details}`;
}
