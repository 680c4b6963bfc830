/** How much of a literal start is looked at, in characters: what shares more is rare, and only more is looked through. */
const longest = 200;

/** What stands before a glob's first wildcard or escape. */
export function literalStart(glob: string): string {
	return /^[^*?[{\\]*/.exec(glob)?.[0] ?? "";
}

/** Things with globs by what their globs begin with, so that those that could match the same are found among many. */
export class StartIndex<Item> {
	private readonly byStart = new Map<string, Item[]>();
	private readonly starts: string[];

	constructor(items: Iterable<Item>, globOf: (item: Item) => string) {
		for (const item of items) {
			const start = literalStart(globOf(item)).slice(0, longest);
			const list = this.byStart.get(start);
			if (list === undefined) this.byStart.set(start, [item]);
			else list.push(item);
		}
		this.starts = [...this.byStart.keys()].sort();
	}

	/** Those whose start begins that of a glob, or is the same; the longest first. */
	*beginning(glob: string): Generator<Item> {
		const start = literalStart(glob).slice(0, longest);
		for (let length = start.length; length >= 0; length--) yield* this.byStart.get(start.slice(0, length)) ?? [];
	}

	/** Those whose start goes on where a glob has its first wildcard. */
	*continuing(glob: string): Generator<Item> {
		const start = literalStart(glob).slice(0, longest);
		if (start === glob) return;
		for (let at = this.firstBehind(start); this.starts[at]?.startsWith(start); at++) {
			yield* this.byStart.get(this.starts[at] as string) ?? [];
		}
	}

	/** The place of the first start that is greater than a text. */
	private firstBehind(text: string): number {
		let [low, high] = [0, this.starts.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.starts[middle] as string) <= text) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
