/** What differs in effect between two policies, of one rule and in one direction. */
export interface Change {
	/** The full name of the profile: `myapp`, `myapp//child`. */
	profile: string;
	/** `file`, `capability`, `dbus`, …; `profile` for what stands in its header, and for one that is new or gone. */
	class: string;
	/** The rule that makes the difference, as `printRule` writes it; absent where it is no rule. */
	rule?: string;
	/** Which policy the rule stands in: the first, which no longer has it so, or the second. */
	in?: "a" | "b";
	/** The file of the rule, and its line, which counts from 1. */
	file?: string;
	line?: number;
	/** `r`, `send`, …, as far as the class has them. */
	permissions: string[];
	/**
	 * One text of which the answer differs, for all of the permissions or, where there is none, for most: the shortest,
	 * with letters where any would do.
	 */
	example?: string;
	/** All of it for a person, in one line. */
	text: string;
}

/** What changes in effect from one policy to another. */
export interface PolicyComparison {
	/** Nothing does: the three lists are empty. */
	equal: boolean;
	/** What is allowed now and was not. */
	widened: Change[];
	/** What is not allowed any more. */
	narrowed: Change[];
	/** What is allowed or refused as before, and logged differently. */
	auditChanged: Change[];
}

export type Direction = "widened" | "narrowed" | "auditChanged";

/** A change before its text is made, and in which direction it goes. */
export interface Finding extends Omit<Change, "profile" | "text"> {
	direction: Direction;
	/** What differs, without the profile and the place: `may now w /etc/passwd`. */
	what: string;
}
