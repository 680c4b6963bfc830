import type { Direction } from "./change";
import type { Effect } from "./effect";
import type { Transition } from "./entry";
import { executeBits, fileBit, otherShift } from "./spaces";

/** In what two effects differ: bits of permissions in each direction, and what an execution leads to. */
export interface Difference {
	widened: number;
	narrowed: number;
	auditChanged: number;
	/** How executions differ that both allow. */
	transitions: { direction: Direction; bit: number; from: Transition; to: Transition }[];
}

/** @param restricting bits that say that the others are allowed only under a condition. */
export function differenceOf(a: Effect, b: Effect, restricting = 0): Difference {
	const aGrants = a.allowed | a.prompted;
	const bGrants = b.allowed | b.prompted;
	const more = (b.allowed & ~a.allowed) | (b.prompted & ~aGrants);
	const less = (a.allowed & ~b.allowed) | (a.prompted & ~bGrants);
	const restricted = (aGrants & bGrants & ~restricting) === 0 ? 0 : restricting;
	const widened = (more & ~restricting) | (less & restricted);
	const narrowed = (less & ~restricting) | (more & restricted);
	const auditChanged =
		(((a.audited ^ b.audited) & aGrants & bGrants) | ((a.quiet ^ b.quiet) & ~(aGrants | bGrants))) &
		~(widened | narrowed);
	return { widened, narrowed, auditChanged, transitions: transitionsOf(a, b) };
}

function transitionsOf(a: Effect, b: Effect): Difference["transitions"] {
	return a.transitions.flatMap((from, index) => {
		const to = b.transitions[index];
		const bit = fileBit("x") << (index * otherShift);
		const both = (a.allowed | a.prompted) & (b.allowed | b.prompted) & bit & executeBits;
		if (from === undefined || to === undefined || both === 0) return [];
		return directionsOf(from, to).map((direction) => ({ direction, bit, from, to }));
	});
}

/** A transition to another profile is both: what the one profile allows, and what the other does not. */
function directionsOf(from: Transition, to: Transition): Direction[] {
	const directions = new Set<Direction>();
	if (from.to !== to.to || from.name !== to.name) {
		if (from.to !== "unconfined") directions.add("widened");
		if (to.to !== "unconfined") directions.add("narrowed");
	}
	compare(looseness(from.fallback), looseness(to.fallback), directions);
	compare(from.unsafe ? 1 : 0, to.unsafe ? 1 : 0, directions);
	return [...directions];
}

function compare(from: number, to: number, directions: Set<Direction>): void {
	if (to > from) directions.add("widened");
	if (to < from) directions.add("narrowed");
}

const looseness = (fallback: Transition["fallback"]): number =>
	fallback === undefined ? 0 : fallback === "inherit" ? 1 : 2;

/** What a program runs under, for a person. */
export function describeTransition(transition: Transition): string {
	const under = {
		inherit: "under the same profile",
		unconfined: "unconfined",
		profile: "under its own profile",
		child: "under its child profile",
		named: `under ${transition.name}`,
	}[transition.to];
	const fallback =
		transition.fallback === undefined
			? ""
			: transition.fallback === "inherit"
				? " or, without one, the same"
				: " or, without one, unconfined";
	return `${under}${fallback}${transition.unsafe ? ", its environment not cleared" : ""}`;
}
