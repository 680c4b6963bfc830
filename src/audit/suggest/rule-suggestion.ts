import { printRule } from "../../policy/print/print";
import type { Rule } from "../../policy/rules";
import type { Verdict } from "./danger/verdict";
import type { Provenance, RuleSuggestion, Suggestion } from "./suggestion";

/** The profile that a suggestion is for. */
export interface Recipient {
	profile: string;
	namespace?: string;
}

export interface RuleProposal {
	rule: Rule;
	reason: string;
	verdict: Verdict;
	provenance: Provenance;
	/** Other rules that would do, the tightest first. */
	alternatives?: readonly Rule[];
}

export function ruleSuggestion(of: Recipient, proposal: RuleProposal): RuleSuggestion {
	const { rule, reason, verdict, provenance, alternatives = [] } = proposal;
	const others = alternatives.length === 0 ? {} : { alternatives: alternatives.map((one) => printRule(one)) };
	return { ...of, kind: "rule", rule, text: printRule(rule), reason, ...judged(verdict), provenance, ...others };
}

/** A verdict as a suggestion has it. */
export function judged({
	severity,
	level,
	warning,
}: Verdict): Pick<Suggestion, "severity" | "level"> & { needsReview?: string } {
	return { severity, level, ...(warning === undefined ? {} : { needsReview: warning }) };
}
