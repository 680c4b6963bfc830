import { families } from "../knowledge/network";
import type { ByteUse } from "./alphabet";
import { Dfa, walk } from "./dfa";
import type { Entry } from "./entry";
import { Findings, isChanged, type Shared, type TextFinding } from "./findings";
import { TooComplex } from "./nfa";
import { patternKey } from "./pattern";
import type { SpaceName } from "./spaces";

const unix = families.indexOf("unix");

/** What the bytes of a text are for: of a socket its family, type, and protocol or ports; of a signal its number. */
const byteUses: Partial<Record<SpaceName, (place: number, first: number) => ByteUse>> = {
	net: (place, first) => (place < 2 ? "number" : place < (first === unix ? 4 : 7) ? "count" : "text"),
	signal: (place) => (place === 0 ? "number" : "text"),
};

/**
 * In what the entries of a space differ in effect between two policies. Only texts that an entry matches which the two do
 * not share can be answered differently, so that only those are looked at.
 */
export function compareTexts(space: SpaceName, a: readonly Entry[], b: readonly Entry[]): TextFinding[] {
	const patterns = share(a, b);
	const changed = patterns.map((entries) => entries.some(isChanged));
	if (!changed.includes(true)) return [];
	const findings = new Findings(space);
	try {
		const dfa = new Dfa(
			patterns.map(([first]) => (first as Shared).entry.pattern),
			(index) => changed[index] === true,
		);
		const seen = new Set<string>();
		walk(
			dfa,
			(accepts, text) => {
				if (!accepts.some((index) => changed[index])) return undefined;
				const key = accepts.join();
				// What differs for the same entries differs in the same way, and has its example.
				if (seen.has(key)) return undefined;
				seen.add(key);
				findings.add(
					accepts.flatMap((index) => patterns[index] as Shared[]),
					text,
				);
				return undefined;
			},
			byteUses[space],
		);
	} catch (error) {
		if (!(error instanceof TooComplex)) throw error;
		findings.addUntold(patterns.flat().filter(isChanged));
	}
	return findings.list();
}

/** Every entry once, with the rules of the two policies that it comes from, those with the same pattern together. */
function share(a: readonly Entry[], b: readonly Entry[]): Shared[][] {
	const byPattern = new Map<string, Map<string, Shared>>();
	for (const [side, entries] of [
		["a", a],
		["b", b],
	] as const) {
		for (const entry of entries) {
			const { priority, mode, marked, permissions, transition } = entry;
			const pattern = patternKey(entry.pattern);
			const key = JSON.stringify([priority, mode, marked, permissions, transition]);
			const same = byPattern.get(pattern) ?? new Map<string, Shared>();
			byPattern.set(pattern, same);
			const known = same.get(key);
			if (known === undefined) same.set(key, { entry, [side]: entry.rule });
			else known[side] ??= entry.rule;
		}
	}
	return [...byPattern.values()].map((same) => [...same.values()]);
}
