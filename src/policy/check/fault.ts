/** What is wrong with a statement, where it stands known from it. */
export interface Fault {
	/** Stable; docs/findings.md has a section for each. */
	code: string;
	message: string;
}

/** A name with what is close to it, for someone who has mistyped it: ` (did you mean x?)`. */
export function suggestion(name: string, known: Iterable<string>): string {
	const lower = name.toLowerCase();
	for (const each of known) {
		if (each === lower || (name.length > 2 && isOneEditAway(lower, each))) return ` (did you mean ${each}?)`;
	}
	return "";
}

/** Whether one letter added, removed or changed, or two swapped, make one word the other. */
function isOneEditAway(a: string, b: string): boolean {
	if (Math.abs(a.length - b.length) > 1) return false;
	let start = 0;
	while (start < a.length && a[start] === b[start]) start++;
	const rest = [a.slice(start), b.slice(start)] as const;
	return (
		rest[0].slice(1) === rest[1] ||
		rest[0] === rest[1].slice(1) ||
		rest[0].slice(1) === rest[1].slice(1) ||
		(rest[0].slice(2) === rest[1].slice(2) && rest[0][0] === rest[1][1] && rest[0][1] === rest[1][0])
	);
}
