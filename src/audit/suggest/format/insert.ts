import type { Profile, Statement } from "../../../policy/ast";
import { applyEdits } from "../../../policy/edit";
import { parsePolicy } from "../../../policy/parse/parse";
import { groupBy } from "../group-by";
import { joinParts, profileParts } from "../profile-name";
import type { Suggestion } from "../suggestion";
import { childHeader, type ProfileFormatOptions, suggestionLines } from "./profile";

type Dangerous = Required<ProfileFormatOptions>["dangerous"];

/** Text to put in at an offset of the policy. */
interface Insertion {
	at: number;
	text: string;
}

/** The policy with the suggestions in it, and those for profiles that it has not. */
export function addSuggestions(
	policy: string,
	suggestions: readonly Suggestion[],
	dangerous: Dangerous,
): { text: string; elsewhere: Suggestion[] } {
	const profiles = profilesByName(parsePolicy(policy).statements);
	const insertions: Insertion[] = [];
	const elsewhere: Suggestion[] = [];
	for (const [name, group] of groupBy(suggestions, ({ profile }) => profile)) {
		const profile = profiles.get(name);
		const parent = profiles.get(joinParts(profileParts(name).slice(0, -1)));
		if (profile !== undefined) insertions.push(...insertionsFor(policy, profile, group, dangerous));
		else if (parent !== undefined && group.some((one) => one.kind === "child-profile"))
			insertions.push(childInsertion(policy, parent, name, group, dangerous));
		else elsewhere.push(...group);
	}
	return { text: insert(policy, insertions), elsewhere };
}

/** Every profile, child and hat by its full name; the first of a name. */
export function profilesByName(statements: readonly Statement[], parent = ""): Map<string, Profile> {
	const found = new Map<string, Profile>();
	for (const statement of statements) {
		if (statement.kind !== "profile") continue;
		const name = parent === "" ? statement.name : `${parent}//${statement.name}`;
		const inside = profilesByName(statement.body, name);
		for (const [key, profile] of [[name, statement] as const, ...inside]) if (!found.has(key)) found.set(key, profile);
	}
	return found;
}

function insertionsFor(
	policy: string,
	profile: Profile,
	group: readonly Suggestion[],
	dangerous: Dangerous,
): Insertion[] {
	const flags = group.filter((one) => one.kind === "flag").map((one) => one.flag);
	const missing = flags.filter((flag) => !profile.flags.includes(flag));
	const includes = group.filter((one) => one.kind === "abstraction");
	const rules = group.filter((one) => one.kind === "rule");
	const indent = indentOf(policy, profile);
	const insertions: Insertion[] = [];
	if (missing.length > 0) insertions.push(flagInsertion(policy, profile, missing));
	if (includes.length > 0)
		insertions.push({ at: behindIncludes(policy, profile), text: linesOf(includes, indent, dangerous) });
	if (rules.length > 0) insertions.push({ at: behindRules(policy, profile), text: linesOf(rules, indent, dangerous) });
	return insertions;
}

const linesOf = (group: readonly Suggestion[], indent: string, dangerous: Dangerous): string =>
	group
		.flatMap((one) => suggestionLines(one, indent, { comments: true, dangerous }))
		.map((line) => `${line}\n`)
		.join("");

function flagInsertion(policy: string, profile: Profile, flags: readonly string[]): Insertion {
	const { start, end } = profile.header.flags;
	if (start === end) return { at: end, text: ` flags=(${flags.join(", ")})` };
	return { at: policy.lastIndexOf(")", end), text: (profile.flags.length === 0 ? "" : ", ") + flags.join(", ") };
}

/** The white space before the profile's first statement that begins a line; else two spaces more than its own. */
function indentOf(policy: string, profile: Profile): string {
	for (const { start } of profile.body) {
		const space = policy.slice(lineStart(policy, start), start);
		if (space !== "" && space.trim() === "") return space;
	}
	return `${/^[ \t]*/.exec(policy.slice(lineStart(policy, profile.start)))?.[0] ?? ""}  `;
}

function behindIncludes(policy: string, profile: Profile): number {
	const include = profile.body.filter((one) => one.kind === "include" || one.kind === "abi").at(-1);
	return include === undefined ? behindHeader(policy, profile) : behindLine(policy, include.end, profile);
}

/** Behind the last rule, so that a child or hat below stays apart; behind the header where there is none. */
function behindRules(policy: string, profile: Profile): number {
	const rule = profile.body.filter((one) => one.kind !== "profile" && one.kind !== "comment").at(-1);
	return rule === undefined ? behindHeader(policy, profile) : behindLine(policy, rule.end, profile);
}

function behindHeader(policy: string, profile: Profile): number {
	const { flags, name, attachment } = profile.header;
	const end = Math.max(flags.end, name.end, attachment?.end ?? 0);
	return behindLine(policy, policy.indexOf("{", end) + 1, profile);
}

/** The start of the next line, where only a comment is left of this one and the profile goes on; else the offset. */
function behindLine(policy: string, offset: number, profile: Profile): number {
	const end = policy.indexOf("\n", offset);
	const rest = policy.slice(offset, end === -1 ? undefined : end);
	return end !== -1 && end < profile.end && /^\s*(#.*)?$/.test(rest) ? end + 1 : offset;
}

/** A child that the policy has not, below everything else in its parent. */
function childInsertion(
	policy: string,
	parent: Profile,
	name: string,
	group: readonly Suggestion[],
	dangerous: Dangerous,
): Insertion {
	const indent = indentOf(policy, parent);
	const hat = group.some((one) => one.kind === "child-profile" && one.hat);
	const flags = group.filter((one) => one.kind === "flag").map((one) => one.flag);
	const header = childHeader(profileParts(name).at(-1) as string, hat, flags);
	const inner = linesOf(
		group.filter((one) => one.kind === "rule" || one.kind === "abstraction"),
		`${indent}  `,
		dangerous,
	);
	const close = policy.lastIndexOf("}", parent.end - 1);
	const start = lineStart(policy, close);
	const at = policy.slice(start, close).trim() === "" ? start : close;
	return { at, text: `\n${indent}${header} {\n${inner}${indent}}\n` };
}

const lineStart = (policy: string, offset: number): number => policy.lastIndexOf("\n", offset - 1) + 1;

/** Lines put into the middle of one get their own. */
function insert(policy: string, insertions: readonly Insertion[]): string {
	const newline = policy.includes("\r\n") ? "\r\n" : "\n";
	const edits = insertions.map(({ at, text: added }) => {
		const lines = added.endsWith("\n") && at > 0 && policy[at - 1] !== "\n" ? `\n${added}` : added;
		return { start: at, end: at, text: lines.replaceAll("\n", newline) };
	});
	return applyEdits(policy, edits);
}
