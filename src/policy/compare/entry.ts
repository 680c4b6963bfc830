import type { Rule } from "../rules";
import type { Pattern } from "./pattern";
import type { SpaceName } from "./spaces";

/** How an execution chooses the new process's profile. */
export interface Transition {
	to: "inherit" | "unconfined" | "profile" | "child" | "named";
	/** What happens where the profile does not exist. */
	fallback?: "inherit" | "unconfined";
	/** The environment is not cleared. */
	unsafe?: true;
	/** The full name of the profile, of `named`. */
	name?: string;
}

/** What a rule says of the accesses that a pattern matches; a rule has one or several. */
export interface Entry {
	space: SpaceName;
	pattern: Pattern;
	/** Bits, by the place of each permission in its space. */
	permissions: number;
	priority: number;
	mode: "allow" | "deny" | "prompt";
	/** What it allows is logged; what it denies is not (`deny` by itself is silent). */
	marked: boolean;
	transition?: Transition;
	rule: Rule;
}

/** The parts of an entry that come from the rule's qualifiers. */
export function granted(rule: Rule): Pick<Entry, "priority" | "mode" | "marked" | "rule"> {
	const { access = "allow", audit = false, priority = 0, quiet = false } = rule.qualifiers;
	return { priority, mode: access, marked: access === "deny" ? !audit : audit && !quiet, rule };
}
