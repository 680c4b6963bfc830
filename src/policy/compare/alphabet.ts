import type { ByteSet } from "./pattern";

/** What a byte of an example is for: a character of a text, a number of the kernel's, one of which 0 stands for any. */
export type ByteUse = "text" | "number" | "count";

/** The bytes in classes: those of a class are in the same of the given sets, so that one stands for all of them. */
export class Alphabet {
	/** The class of each byte. */
	readonly classOf = new Uint8Array(256);
	/** One byte of each class. */
	readonly members: number[] = [];
	/** Of each set the classes in it. */
	readonly classesOf: number[][];
	/** The classes in the order in which they are best for an example, each with its best byte. */
	private readonly orders: Record<ByteUse, { index: number; byte: number }[]>;

	constructor(sets: ByteSet[]) {
		const numbers = new Map<string, number>();
		for (const byte of preferred.text) {
			const key = sets.map((set) => set[byte]).join("");
			let number = numbers.get(key);
			if (number === undefined) {
				number = this.members.push(byte) - 1;
				numbers.set(key, number);
			}
			this.classOf[byte] = number;
		}
		this.classesOf = sets.map((set) => this.members.flatMap((byte, index) => (set[byte] ? [index] : [])));
		this.orders = {
			text: this.order(preferred.text),
			number: this.order(preferred.number),
			count: this.order(preferred.count),
		};
	}

	get size(): number {
		return this.members.length;
	}

	/** The classes in the order in which they are best for an example, each with its best byte. */
	examples(use: ByteUse): { index: number; byte: number }[] {
		return this.orders[use];
	}

	private order(bytes: number[]): { index: number; byte: number }[] {
		const best = new Map<number, number>();
		for (const byte of bytes) {
			const index = this.classOf[byte] as number;
			if (!best.has(index)) best.set(index, byte);
		}
		return [...best].map(([index, byte]) => ({ index, byte }));
	}
}

const preferred: Record<ByteUse, number[]> = {
	/** Letters, digits, other printable characters, the rest. */
	text: [
		...range(0x61, 0x7a),
		...range(0x30, 0x39),
		...range(0x41, 0x5a),
		...range(0x21, 0x2f),
		...range(0x3a, 0x40),
		...range(0x5b, 0x60),
		...range(0x7b, 0x7e),
		...range(0x80, 0xff),
		0x20,
		...range(1, 0x1f),
		0x7f,
		0,
	],
	/** inet and dgram, unix and stream, the rest from low to high. */
	number: [2, 1, ...range(3, 255), 0],
	count: range(0, 255),
};

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
