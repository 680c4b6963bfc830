import { fileVerdict } from "./danger/files";
import { review, type Verdict, worst } from "./danger/verdict";
import type { PatternWant } from "./generalise/wants";

/** How dangerous a file rule is: as its worst file, and worse where it opens more than was seen in someone's home. */
export function wantVerdict(want: PatternWant): Verdict {
	const writes = want.permissions.some((permission) => permission === "w" || permission === "a");
	const reads = want.permissions.some((permission) => permission !== "w" && permission !== "a");
	const verdicts = want.names.flatMap((name) => [
		...(reads ? [fileVerdict(name, "read")] : []),
		...(writes ? [fileVerdict(name, "write")] : []),
	]);
	if (writes && want.permissions.includes("m")) verdicts.push(review(7, "it can write what it then maps as code"));
	return worst(verdicts.map((verdict) => (want.owner ? eased(verdict) : verdict)));
}

/** Only the process's own files: one step less severe, and nobody else's home. */
function eased(verdict: Verdict): Verdict {
	const severity = Math.max(verdict.severity - 1, 0);
	if (verdict.warning === "it is in someone's home folder") return { severity, level: "ok" };
	return { ...verdict, severity };
}
