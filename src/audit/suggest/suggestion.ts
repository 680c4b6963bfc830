import type { Rule } from "../../policy/rules";

/** How much a person has to think about a suggestion: not at all, a little, or hard. */
export type SuggestionLevel = "ok" | "review" | "dangerous";

/** Where a suggestion comes from. */
export interface Provenance {
	/** How many records asked for it. */
	count: number;
	/** Seconds since 1970 of the first and the last of them; absent where no record has a time. */
	first?: number;
	last?: number;
	/** One of the records: its line where it is known, else its keys and values as JSON. */
	example: string;
}

interface SuggestionBase {
	/** The profile's full name as the kernel shows it, `parent//child` for children and hats. */
	profile: string;
	/** The policy namespace, where the records name one. */
	namespace?: string;
	/** What to add to the policy, as text. */
	text: string;
	/** Why it is proposed, and why in this form. */
	reason: string;
	/** 0 (harmless) to 10 (gives the machine away), the scale of AppArmor's severity.db. */
	severity: number;
	level: SuggestionLevel;
	/** What a person must decide before this is applied; absent at level "ok". */
	needsReview?: string;
	provenance: Provenance;
	/** Other rules that would do, as text, the tightest first. */
	alternatives?: string[];
}

/** A rule for a profile. */
export interface RuleSuggestion extends SuggestionBase {
	kind: "rule";
	rule: Rule;
}

/** An abstraction that covers several of the accesses. */
export interface AbstractionSuggestion extends SuggestionBase {
	kind: "abstraction";
	/** As it stands between `<` and `>`. */
	include: string;
}

/** A flag for a profile's header. */
export interface FlagSuggestion extends SuggestionBase {
	kind: "flag";
	flag: string;
}

/** A child profile or hat that is missing: `profile` is its full name. */
export interface ChildSuggestion extends SuggestionBase {
	kind: "child-profile";
	/** Entered by change_hat, so that it must be written as a hat. */
	hat: boolean;
}

export type Suggestion = RuleSuggestion | AbstractionSuggestion | FlagSuggestion | ChildSuggestion;
