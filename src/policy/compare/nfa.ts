import { type ByteSet, byteSet, type Pattern, setKey } from "./pattern";

/** A node with two successors and no byte. */
const split = -1;
/** A node at which a pattern has matched; its first successor is the pattern's number. */
const accept = -2;

/** The most nodes that an automaton may have. */
const maxNodes = 1_500_000;

/** Patterns that are too large or too intricate to be turned into an automaton. */
export class TooComplex extends Error {}

/**
 * A non-deterministic automaton (Thompson's construction) of many patterns at once, which tells of each text by number
 * which of the patterns match it.
 */
export class Nfa {
	/** Of each node: the number of its set of bytes, or `split`, or `accept`. */
	private readonly kind: number[] = [];
	private readonly first: number[] = [];
	private readonly second: number[] = [];
	/** To which pattern each node belongs. */
	private readonly owner: number[] = [];
	readonly sets: ByteSet[] = [];
	private readonly setNumbers = new Map<string, number>();
	private readonly singles: number[] = [];
	private pattern = 0;

	/** @throws TooComplex */
	constructor(patterns: Pattern[]) {
		this.starts = patterns.map((pattern, index) => {
			this.pattern = index;
			return this.build(pattern, this.node(accept, index, -1));
		});
	}

	/** The node at which each pattern begins. */
	readonly starts: number[];

	/** The set of bytes that leads on from a node; undefined where the node is the end of a pattern. */
	setOf(node: number): number | undefined {
		const kind = this.kind[node] as number;
		return kind === accept ? undefined : kind;
	}

	ownerOf(node: number): number {
		return this.owner[node] as number;
	}

	get size(): number {
		return this.kind.length;
	}

	/** Adds to `into` the nodes with bytes and the ends that stand behind the byte of a node. */
	follow(node: number, visit: (node: number) => void): void {
		this.close(this.first[node] as number, visit);
	}

	/** Visits the nodes with bytes and the ends that are reached from a node without a byte. */
	close(node: number, visit: (node: number) => void): void {
		if (this.kind[node] !== split) {
			visit(node);
			return;
		}
		const seen = new Set([node]);
		const stack = [node];
		for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
			if (this.kind[current] !== split) {
				visit(current);
				continue;
			}
			for (const next of [this.first[current] as number, this.second[current] as number]) {
				if (seen.has(next)) continue;
				seen.add(next);
				stack.push(next);
			}
		}
	}

	private node(kind: number, first: number, second: number): number {
		if (this.kind.length >= maxNodes) throw new TooComplex(`the patterns together have more than ${maxNodes} parts`);
		this.first.push(first);
		this.second.push(second);
		this.owner.push(this.pattern);
		return this.kind.push(kind) - 1;
	}

	/** @returns the node at which the pattern begins that ends at `next`. */
	private build(pattern: Pattern, next: number): number {
		switch (pattern.kind) {
			case "text":
				return pattern.bytes.reduceRight((end, byte) => this.node(this.single(byte), end, -1), next);
			case "set":
				return this.node(this.set(pattern.set), next, -1);
			case "sequence":
				return pattern.parts.reduceRight((end, part) => this.build(part, end), next);
			case "choice":
				return pattern.options
					.map((option) => this.build(option, next))
					.reduce((one, other) => this.node(split, one, other));
			case "repeat": {
				const loop = this.node(split, next, -1);
				this.second[loop] = this.build(pattern.of, loop);
				return loop;
			}
		}
	}

	private single(byte: number): number {
		this.singles[byte] ??= this.set(byteSet([byte]));
		return this.singles[byte];
	}

	private set(set: ByteSet): number {
		const key = setKey(set);
		let number = this.setNumbers.get(key);
		if (number === undefined) {
			number = this.sets.push(set) - 1;
			this.setNumbers.set(key, number);
		}
		return number;
	}
}
