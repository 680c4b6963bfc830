import type { Policy, Profile } from "../ast";
import { PolicyError } from "../errors";
import type { SourceRange } from "../source";
import { attachmentWithAliases, withAliases } from "./aliases";
import type { Known } from "./condition";
import type { ExpandedPolicy, ExpandedProfile, IncludeReader } from "./expanded";
import { type FlatProfile, Flattener } from "./flatten";
import { impliedRules } from "./implied";
import { collapseSlashes, expandRule } from "./patterns";
import { VariableError, Variables } from "./variables";

/** The most aliases times statements that a policy may have: each is a comparison, and at worst a rule. */
const maxAliasWork = 2_000_000;

export interface ExpandOptions {
	/** Reads includes; without it they are left out, each with an error of the code `include-not-read`. */
	include?: IncludeReader | undefined;
	/** Variables that are set before the policy, without `@{` and `}`; none by default. */
	variables?: Record<string, string[]>;
	/** Booleans that are set before the policy, without `$`; none by default. */
	booleans?: Record<string, boolean>;
}

export interface Expansion {
	/** The policy, as complete as the errors allow. */
	expanded: ExpandedPolicy;
	/** In the order in which they were found, those of reading the included files too. */
	errors: PolicyError[];
	/** The included files as they stand there, each once. */
	included: Policy[];
}

/**
 * What `apparmor_parser` 4.1 makes of a policy before it compiles it: includes, conditionals, blocks, variables and
 * aliases are put in, children and hats stand by themselves under their full names, and the rules are added that other
 * rules imply. Every statement keeps its place and file.
 *
 * Faithful where that parser loses something without a word: rules that are not about files in a block such as
 * `deny { … }`, and rlimits in a conditional.
 */
export function expandPolicy(policy: Policy, options: ExpandOptions = {}): Expansion {
	const known: Known = { variables: new Variables(), booleans: new Map(Object.entries(options.booleans ?? {})) };
	for (const [name, values] of Object.entries(options.variables ?? {})) known.variables.set(name, values);
	const errors: PolicyError[] = [];
	const flattener = new Flattener(known, options.include, errors);
	flattener.flatten(policy.statements);

	if (flattener.aliases.length * flattener.statements > maxAliasWork) {
		const reason = `${flattener.aliases.length} aliases for ${flattener.statements} statements are too many`;
		errors.push(new PolicyError(reason, { line: 1, column: 1 }, undefined, "expansion-too-large"));
		return { expanded: { profiles: [] }, errors, included: flattener.included() };
	}
	const profiles: ExpandedProfile[] = [];
	const expand = (flat: FlatProfile, parent: ExpandedProfile | undefined): void => {
		const expanded = expandProfile(flat, parent, known.variables, flattener.aliases, errors);
		profiles.push(expanded);
		for (const child of flat.children) expand(child, expanded);
	};
	for (const flat of flattener.profiles) expand(flat, undefined);
	return { expanded: { profiles }, errors, included: flattener.included() };
}

function expandProfile(
	flat: FlatProfile,
	parent: ExpandedProfile | undefined,
	variables: Variables,
	aliases: Flattener["aliases"],
	errors: PolicyError[],
): ExpandedProfile {
	const { profile } = flat;
	const put = (pattern: string, place: SourceRange): string => {
		try {
			return variables.expand(pattern);
		} catch (error) {
			if (!(error instanceof VariableError)) throw error;
			errors.push(new PolicyError(error.message, place.position, place.file, error.code));
			return asLiteral(pattern);
		}
	};
	const ownName = put(profile.name, profile);
	const name = parent === undefined ? `${namespacePrefix(profile)}${ownName}` : `${parent.name}//${ownName}`;
	const attachment = attachmentOf(profile, ownName, put);
	const rules = variables.with({ profile_name: escapeGlob(name.replace(/^:[^:]*:\/\//, "")) }, () =>
		flat.rules.map((rule) => expandRule(rule, (pattern) => put(pattern, rule))),
	);
	const changesHat = profile.hat === true || flat.children.length > 0;
	return {
		name,
		place: profile,
		...(parent === undefined ? {} : { parent: parent.name }),
		...(attachment === undefined ? {} : { attachment: attachmentWithAliases(attachment, aliases) }),
		flags: profile.flags,
		xattrs: profile.xattrs,
		...(profile.hat ? { hat: true } : {}),
		rules: withAliases([...rules, ...impliedRules(flat.rules, changesHat, placeOf(profile))], aliases),
	};
}

function placeOf({ start, end, position, file }: SourceRange): SourceRange {
	return { start, end, position, ...(file === undefined ? {} : { file }) };
}

function namespacePrefix(profile: Profile): string {
	return profile.namespace === undefined ? "" : `:${profile.namespace}://`;
}

/** A profile without an attachment whose name is a path attaches to that. */
function attachmentOf(
	profile: Profile,
	name: string,
	put: (pattern: string, place: SourceRange) => string,
): string | undefined {
	if (profile.attachment !== undefined) return collapseSlashes(put(profile.attachment, profile));
	return name.startsWith("/") ? collapseSlashes(name) : undefined;
}

/** A pattern whose variables have no values, each as the text that it is. */
function asLiteral(pattern: string): string {
	return pattern.replace(/@\{(\w+)\}/g, "@\\{$1\\}");
}

/** A name as a pattern that matches only it. */
function escapeGlob(name: string): string {
	return name.replace(/\\.|[{}[\]*?]/gs, (found) => (found.startsWith("\\") ? found : `\\${found}`));
}
