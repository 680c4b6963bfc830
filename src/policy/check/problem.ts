import type { Position } from "../source";

/** How bad a finding is: `apparmor_parser` refuses the policy, an expert would change it, or would want to know. */
export type Severity = "error" | "warning" | "info";

/** A finding about a policy. */
export interface Problem {
	/** What it is, stable across versions; docs/findings.md has a section for each. */
	code: string;
	severity: Severity;
	/** For a person: what is wrong, and what to do. */
	message: string;
	/** The file, where it is not the text itself, or that has a name. */
	file?: string;
	/** Counts from 1. */
	line: number;
	/** Counts from 1. */
	column: number;
}

/** Where a finding is. */
export interface Place {
	position: Position;
	file?: string | undefined;
}

/** A finding at a place. */
export function problemAt(place: Place, code: string, severity: Severity, message: string): Problem {
	return {
		code,
		severity,
		// Variables without a value stand escaped in expanded patterns.
		message: message.replace(/@\\\{(\w+)\\\}/g, "@{$1}"),
		...(place.file === undefined ? {} : { file: place.file }),
		line: place.position.line,
		column: place.position.column,
	};
}
