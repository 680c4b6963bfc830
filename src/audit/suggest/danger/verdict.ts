import type { SuggestionLevel } from "../suggestion";

/** How dangerous a rule is, and what a person must know before taking it. */
export interface Verdict {
	/** 0 to 10. */
	severity: number;
	level: SuggestionLevel;
	/** Absent at level "ok". */
	warning?: string;
}

export const ok = (severity: number): Verdict => ({ severity, level: "ok" });
export const review = (severity: number, warning: string): Verdict => ({ severity, level: "review", warning });
export const dangerous = (severity: number, warning: string): Verdict => ({ severity, level: "dangerous", warning });

const order: SuggestionLevel[] = ["ok", "review", "dangerous"];

/** The worse of the verdicts: the higher level, then the higher severity. */
export function worst(verdicts: readonly Verdict[]): Verdict {
	const rank = (verdict: Verdict) => order.indexOf(verdict.level) * 100 + verdict.severity;
	return verdicts.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}
