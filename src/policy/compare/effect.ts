import type { Entry, Transition } from "./entry";
import { executeBits, fileBit, otherShift } from "./spaces";

/** What a profile says to an access, by the bits of its permissions. */
export interface Effect {
	allowed: number;
	/** A person at the machine is asked. */
	prompted: number;
	/** Allowed and logged. */
	audited: number;
	/** Denied without a log. */
	quiet: number;
	/** Denied by a rule. */
	denied: number;
	/** What an execution leads to, for the owner of the program and for all others. */
	transitions: [owner: Transition | undefined, other: Transition | undefined];
}

/** Higher wins: of the rules of the highest priority one that denies, then for executions one without wildcards. */
const rank = { deny: 3, exact: 2, allow: 1, prompt: 0 };

/**
 * What matching entries say together, as `apparmor_parser` merges them: by each permission alone.
 *
 * @param exact whether an entry's pattern has no wildcards.
 */
export function effectOf(entries: readonly Entry[], exact: (entry: Entry) => boolean): Effect {
	const effect: Effect = {
		allowed: 0,
		prompted: 0,
		audited: 0,
		quiet: 0,
		denied: 0,
		transitions: [undefined, undefined],
	};
	if (entries.length === 0) return effect;
	const all = entries.reduce((bits, entry) => bits | entry.permissions, 0);
	const weights = new Map<number, number>();
	for (let rest = all; rest !== 0; rest &= rest - 1) {
		const bit = rest & -rest;
		let best = Number.NEGATIVE_INFINITY;
		let winners: Entry[] = [];
		for (const entry of entries) {
			if ((entry.permissions & bit) === 0) continue;
			const weight = weigh(entry, bit, exact);
			if (weight > best) {
				best = weight;
				winners = [];
			}
			if (weight === best) winners.push(entry);
		}
		weights.set(bit, best);
		for (const entry of winners) apply(effect, entry, bit);
	}
	if (entries[0]?.space === "file") addImpliedMaps(effect, weights);
	return effect;
}

function weigh(entry: Entry, bit: number, exact: (entry: Entry) => boolean): number {
	const execution = entry.space === "file" && (bit & executeBits) !== 0;
	const kind = entry.mode === "allow" && execution && exact(entry) ? "exact" : entry.mode;
	return entry.priority * 4 + rank[kind];
}

function apply(effect: Effect, entry: Entry, bit: number): void {
	if (entry.mode === "deny") {
		effect.denied |= bit;
		if (entry.marked) effect.quiet |= bit;
		return;
	}
	if (entry.mode === "allow") effect.allowed |= bit;
	else effect.prompted |= bit;
	if (entry.marked) effect.audited |= bit;
	if (entry.transition !== undefined && (bit & executeBits) !== 0)
		effect.transitions[bit === fileBit("x") ? 0 : 1] ??= entry.transition;
}

/** A program that inherits the profile is mapped too, unless a rule of a higher priority denies that. */
function addImpliedMaps(effect: Effect, weights: Map<number, number>): void {
	for (const [index, transition] of effect.transitions.entries()) {
		if (transition?.to !== "inherit" && transition?.fallback !== "inherit") continue;
		const shift = index * otherShift;
		const execute = fileBit("x") << shift;
		const map = fileBit("m") << shift;
		if ((effect.allowed & execute) === 0) continue;
		const mapWeight = weights.get(map) ?? Number.NEGATIVE_INFINITY;
		if (mapWeight > (weights.get(execute) as number)) continue;
		effect.allowed |= map;
		effect.denied &= ~map;
		effect.quiet &= ~map;
	}
}
