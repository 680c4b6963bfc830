import type { Policy, Statement } from "../../policy/ast";
import type { Access, Verdict } from "../../policy/compare/access";
import { createAccessChecker } from "../../policy/compare/allows";
import { matchesPath } from "../../policy/compare/glob";
import { expandPolicy } from "../../policy/expand/expand";
import type { ExpandedProfile, IncludeReader } from "../../policy/expand/expanded";
import { parsePolicy } from "../../policy/parse/parse";
import { plain, tunables, type Vocabulary } from "./generalise/vocabulary";

/** What the program runs under today. */
export interface CurrentPolicy {
	has(profile: string): boolean;
	flagsOf(profile: string): readonly string[];
	/** What the policy says to an access; `none` for a profile that it has not. */
	verdict(profile: string, access: Access): Verdict;
	/** The profile that confines a program when it is run without a rule that says another. */
	profileFor(program: string): string | undefined;
	/** How proposed rules may say what varies. */
	vocabulary: Vocabulary;
}

const noPolicy: CurrentPolicy = {
	has: () => false,
	flagsOf: () => [],
	verdict: () => "none",
	profileFor: () => undefined,
	vocabulary: tunables,
};

/** @throws PolicyErrors where the text cannot be read. */
export function readCurrentPolicy(text: string | undefined, include: IncludeReader | undefined): CurrentPolicy {
	if (text === undefined) return noPolicy;
	const policy = parsePolicy(text);
	const { profiles } = expandPolicy(policy, { include }).expanded;
	const byName = new Map(profiles.map((profile) => [profile.name, profile]));
	const checkers = new Map<string, ReturnType<typeof createAccessChecker>>();
	const checkerOf = (profile: ExpandedProfile) => {
		const checker = checkers.get(profile.name) ?? createAccessChecker(profile);
		checkers.set(profile.name, checker);
		return checker;
	};
	return {
		has: (name) => byName.has(name),
		flagsOf: (name) => byName.get(name)?.flags ?? [],
		verdict: (name, access) => {
			const profile = byName.get(name);
			return profile === undefined ? "none" : checkerOf(profile).verdict(access);
		},
		profileFor: (program) => attachedTo(program, profiles),
		vocabulary: hasTunables(policy, include) ? tunables : plain,
	};
}

/** The top-level profile whose attachment matches the program, the longest attachment first. */
function attachedTo(program: string, profiles: readonly ExpandedProfile[]): string | undefined {
	const matching = profiles.filter(
		({ name, attachment }) => attachment !== undefined && !name.includes("//") && matchesPath(attachment, program),
	);
	matching.sort((a, b) => (b.attachment?.length ?? 0) - (a.attachment?.length ?? 0));
	return matching[0]?.name;
}

const probe = `profile probe { ${Object.values(tunables).join("/")} r, }`;

/** Whether the policy defines AppArmor's variables, so that a rule or an abstraction may use them. */
function hasTunables(policy: Policy, include: IncludeReader | undefined): boolean {
	const preamble = policy.statements.filter((statement) => statement.kind !== "profile");
	if (include === undefined) return preamble.some((one) => one.kind === "include" && one.path === "tunables/global");
	const errors = (statements: Statement[]) => expandPolicy({ statements }, { include }).errors.length;
	return errors([...preamble, ...parsePolicy(probe).statements]) === errors(preamble);
}
