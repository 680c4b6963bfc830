import type { FileRule } from "../../policy/rules/file";
import { programVerdict } from "./danger/programs";
import type { Verdict } from "./danger/verdict";
import { literalPattern } from "./literal";
import { nowhere } from "./needs/need";
import type { SuggestSettings } from "./options";
import { profileParts } from "./profile-name";
import { childName } from "./transitions";

/** How a program is to be run, the safest way first. */
export interface Transition {
	rule: FileRule;
	reason: string;
	verdict: Verdict;
	alternatives: FileRule[];
	/** The child profile that must exist for it. */
	child?: string;
}

/**
 * The rule for running a program: its own profile where it has one; else a child profile, where those are wanted; else
 * it stays in this profile, which can only ever do less than without AppArmor. Never unconfined.
 *
 * @param existing the name of the profile that already confines the program.
 */
export function transitionRule(
	program: string,
	profile: string,
	existing: string | undefined,
	settings: SuggestSettings,
): Transition {
	const path = literalPattern(program);
	const base = { ...nowhere, kind: "file", qualifiers: {}, path } as const;
	const inherit: FileRule = { ...base, permissions: ["m", "r"], exec: "ix" };
	const name = childName(program);
	const child: FileRule = { ...base, permissions: ["r"], exec: "Cx", target: name };
	const verdict = programVerdict(program);
	if (existing !== undefined) {
		const own: FileRule = { ...base, permissions: ["r"], exec: "Px" };
		const target = existing === program ? {} : { target: literalPattern(existing) };
		return {
			rule: { ...own, ...target },
			reason: `the program has a profile of its own, ${existing}, which it enters with a clean environment`,
			verdict: { severity: 3, level: "ok" },
			alternatives: [inherit],
		};
	}
	const nested = profileParts(profile).length > 1;
	if (settings.transitions === "child" && !nested)
		return {
			rule: child,
			reason: "the program gets a child profile of its own, with its own rules",
			verdict,
			alternatives: [inherit],
			child: name,
		};
	return {
		rule: inherit,
		reason: "the program stays in this profile (ix): it can do what the profile allows, and no more",
		verdict,
		alternatives: nested || settings.transitions === "keep" ? [] : [child],
	};
}
