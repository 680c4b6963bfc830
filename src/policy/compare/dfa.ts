import { Alphabet, type ByteUse } from "./alphabet";
import { Nfa, TooComplex } from "./nfa";
import type { Pattern } from "./pattern";

/** The most work, in steps of the non-deterministic automaton, for one question. */
const maxWork = 25_000_000;
/** How much more work it is to find what stands behind a node than to use it. */
const closureCost = 20;
/** The most numbers that the states may hold together, and for how many numbers a state counts by itself. */
const maxStored = 6_000_000;
const stateCost = 16;

interface State {
	nodes: Int32Array;
	/** The patterns that match the text that leads here, ascending. */
	accepts: number[];
	/** The state behind each class of bytes; -1 is none, absent is not yet known. */
	next: Int32Array | undefined;
}

/**
 * A deterministic automaton of many patterns at once, made as it is walked. States from which no pattern can match any
 * more, or none of those that are of interest, do not exist.
 */
export class Dfa {
	readonly alphabet: Alphabet;
	/** The first state; -1 where nothing of interest can match. */
	readonly start: number;
	private readonly nfa: Nfa;
	private readonly states: State[] = [];
	private readonly byHash = new Map<number, number[]>();
	private readonly follows: (Int32Array | undefined)[] = [];
	/** Of each class, which of the sets with several classes it is in, as a number. */
	private readonly wideOf: number[];
	/** Which nodes belong to patterns of interest. */
	private readonly wanted: Uint8Array;
	private readonly mark: Int32Array;
	private round = 0;
	private stored = 0;
	private work = 0;

	/**
	 * @param interesting whether states from which only patterns without it can match are to be known; all by default.
	 * @throws TooComplex
	 */
	constructor(patterns: Pattern[], interesting: (pattern: number) => boolean = () => true) {
		this.nfa = new Nfa(patterns);
		this.alphabet = new Alphabet(this.nfa.sets);
		this.mark = new Int32Array(this.nfa.size);
		this.wanted = Uint8Array.from(this.mark, (_, node) => (interesting(this.nfa.ownerOf(node)) ? 1 : 0));
		this.wideOf = this.wideSets();
		this.round++;
		const nodes: number[] = [];
		for (const start of this.nfa.starts) this.nfa.close(start, (node) => this.collect(node, nodes));
		this.start = this.stateOf(nodes);
	}

	accepts(state: number): number[] {
		return (this.states[state] as State).accepts;
	}

	/** The state behind each class of bytes, -1 for none. */
	next(state: number): Int32Array {
		const known = this.states[state] as State;
		known.next ??= this.transitions(known);
		return known.next;
	}

	/** The patterns that match the bytes, ascending. */
	match(bytes: Uint8Array): number[] {
		let state = this.start;
		for (const byte of bytes) {
			if (state === -1) return [];
			state = this.next(state)[this.alphabet.classOf[byte] as number] as number;
		}
		return state === -1 ? [] : this.accepts(state);
	}

	private transitions(state: State): Int32Array {
		const { classesOf } = this.alphabet;
		// Classes that no node singles out and that are in the same wide sets lead to the same state.
		const singled = new Map<number, number[]>();
		const wide: number[] = [];
		for (const node of state.nodes) {
			const set = this.nfa.setOf(node);
			if (set === undefined) continue;
			const classes = classesOf[set] as number[];
			if (classes.length !== 1) wide.push(node);
			else {
				const nodes = singled.get(classes[0] as number);
				if (nodes === undefined) singled.set(classes[0] as number, [node]);
				else nodes.push(node);
			}
		}
		const next = new Int32Array(this.alphabet.size);
		const shared = new Map<number, number>();
		for (let index = 0; index < next.length; index++) {
			const own = singled.get(index);
			const group = this.wideOf[index] as number;
			const known = own === undefined ? shared.get(group) : undefined;
			if (known !== undefined) {
				next[index] = known;
				continue;
			}
			this.round++;
			const nodes: number[] = [];
			for (const node of own ?? []) this.collectFollow(node, nodes);
			const example = this.alphabet.members[index] as number;
			for (const node of wide) {
				if (this.nfa.sets[this.nfa.setOf(node) as number]?.[example] === 1) this.collectFollow(node, nodes);
			}
			this.spend(wide.length + nodes.length);
			next[index] = this.stateOf(nodes);
			if (own === undefined) shared.set(group, next[index] as number);
		}
		return next;
	}

	private wideSets(): number[] {
		const numbers = new Map<string, number>();
		const wide = this.nfa.sets.filter((_, index) => this.alphabet.classesOf[index]?.length !== 1);
		return this.alphabet.members.map((byte) => {
			const key = wide.map((set) => set[byte]).join("");
			if (!numbers.has(key)) numbers.set(key, numbers.size);
			return numbers.get(key) as number;
		});
	}

	private collectFollow(node: number, into: number[]): void {
		let follow = this.follows[node];
		if (follow === undefined) {
			const nodes: number[] = [];
			this.nfa.follow(node, (each) => nodes.push(each));
			follow = Int32Array.from(nodes);
			this.follows[node] = follow;
			this.spend(nodes.length * closureCost);
		}
		this.spend(follow.length);
		for (const each of follow) this.collect(each, into);
	}

	private collect(node: number, into: number[]): void {
		if (this.mark[node] === this.round) return;
		this.mark[node] = this.round;
		into.push(node);
	}

	private spend(work: number): void {
		this.work += work;
		if (this.work > maxWork) throw new TooComplex("telling the patterns apart takes too much work");
	}

	private stateOf(list: number[]): number {
		if (!list.some((node) => this.wanted[node] === 1)) return -1;
		const nodes = Int32Array.from(list).sort();
		let hash = nodes.length;
		for (const node of nodes) hash = (Math.imul(hash, 31) + node) | 0;
		const same = this.byHash.get(hash);
		const known = same?.find((state) => equal((this.states[state] as State).nodes, nodes));
		if (known !== undefined) return known;

		this.stored += nodes.length + this.alphabet.size + stateCost;
		if (this.stored > maxStored) throw new TooComplex("telling the patterns apart takes too many states");
		const ends = list.filter((node) => this.nfa.setOf(node) === undefined).map((node) => this.nfa.ownerOf(node));
		const state = this.states.push({ nodes, accepts: ends.sort((a, b) => a - b), next: undefined }) - 1;
		if (same === undefined) this.byHash.set(hash, [state]);
		else same.push(state);
		return state;
	}
}

function equal(one: Int32Array, other: Int32Array): boolean {
	if (one.length !== other.length) return false;
	for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
	return true;
}

/** What is told of the text that leads to a state. */
interface Trail {
	from: number;
	/** The byte that leads from there. */
	byte: number;
	length: number;
	first: number;
}

/**
 * Visits the ends of an automaton with, for each, one of the shortest texts that lead there, the shortest first.
 *
 * @param visit is told the patterns that match; `text` makes the text. Returning true ends the walk.
 * @param useOf what the byte at a place of a text is for, from the text's first byte; by default all are of a text.
 * @throws TooComplex
 */
export function walk(
	dfa: Dfa,
	visit: (accepts: number[], text: () => Uint8Array) => boolean | undefined,
	useOf: (place: number, first: number) => ByteUse = () => "text",
): void {
	if (dfa.start === -1) return;
	const { alphabet } = dfa;
	const trails: (Trail | undefined)[] = [];
	trails[dfa.start] = { from: -1, byte: 0, length: 0, first: 0 };
	const queue = [dfa.start];
	for (let at = 0; at < queue.length; at++) {
		const state = queue[at] as number;
		const trail = trails[state] as Trail;
		const text = (): Uint8Array => {
			const bytes = new Uint8Array(trail.length);
			for (let each = trail; each.length > 0; each = trails[each.from] as Trail) bytes[each.length - 1] = each.byte;
			return bytes;
		};
		if (visit(dfa.accepts(state), text)) return;
		const next = dfa.next(state);
		for (const { index, byte } of alphabet.examples(useOf(trail.length, trail.first))) {
			const target = next[index] as number;
			if (target === -1 || trails[target] !== undefined) continue;
			trails[target] = { from: state, byte, length: trail.length + 1, first: trail.length === 0 ? byte : trail.first };
			queue.push(target);
		}
	}
}
