import type { SourceRange } from "../source";

/** What may stand before a rule. A qualifier that is not written is absent, not false. */
export interface Qualifiers {
	/** Rules of a higher priority win over those of a lower one; 0 where none is written. AppArmor 4.1. */
	priority?: number;
	/** Matches are logged; before `deny`, which otherwise is silent, likewise. */
	audit?: true;
	/** What a match does; a rule that says nothing allows. */
	access?: "allow" | "deny" | "prompt";
	/** Matches are not logged. */
	quiet?: true;
	/** Only for processes that own the object (or, `other`, do not). */
	owner?: "owner" | "other";
}

/** What every rule has. */
export interface RuleBase extends SourceRange {
	qualifiers: Qualifiers;
	/** Written nowhere: another rule brings it along. Only in an expanded policy. */
	implied?: true;
	/** The comment behind the rule on its last line, with its `#`. */
	comment?: string;
	/** A blank line stands before the rule. */
	spaced?: true;
}

/** What a rule's own words say, without what every rule has. */
export type RuleFields<Rule extends RuleBase> = Omit<Rule, keyof RuleBase>;

/**
 * A condition such as `peer=/usr/bin/x`, `type=stream` or `options in (ro, noexec)`.
 * The values are without their outer quotes, escapes as written.
 */
export interface Condition {
	name: string;
	operator: "=" | "in";
	values: string[];
}
