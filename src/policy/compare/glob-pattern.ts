import { toBytes } from "./bytes";
import { anyByte, type ByteSet, byteSet, complement, fieldByte, type Pattern, repeat } from "./pattern";

/** How deep alternations may stand in each other, as in `apparmor_parser`. */
const maxDepth = 49;

/** A glob that `apparmor_parser` would refuse: why, as a part of a sentence. */
export class GlobError extends Error {}

const slash = 0x2f;
const notSlash = complement(byteSet([slash]));
const notSlashOrNul = complement(byteSet([0, slash]));

/** What `*`, `**` and `?` match: in abstract socket addresses a NUL too. */
const wild = {
	field: { one: { kind: "set", set: notSlashOrNul, open: true }, any: fieldByte },
	address: { one: { kind: "set", set: notSlash, open: true }, any: anyByte },
} as const satisfies Record<string, { one: Pattern; any: Pattern }>;

const namedEscapes: Record<string, number> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/**
 * The language of a glob as `apparmor_parser` reads it. `*` and `**` that are a whole component of a path match no empty
 * component: `/a/*` does not match `/a/`. `[^…]` matches slashes too. `?` and `[…]` match one byte, not one character.
 *
 * @param kind `address` for abstract socket addresses.
 * @throws GlobError
 */
export function parseGlob(glob: string, kind: keyof typeof wild = "field"): Pattern {
	const reader = new GlobReader(toBytes(glob), wild[kind]);
	return reader.read();
}

class GlobReader {
	private at = 0;
	private parts: Pattern[] = [];
	private literal: number[] = [];
	/** The last thing read was a literal slash. */
	private afterSlash = false;
	/** Classes that are written the same are one. */
	private readonly classes = new Map<string, ByteSet>();
	/** The alternations around, outermost first. */
	private readonly open: { options: Pattern[]; before: Pattern[] }[] = [];

	constructor(
		private readonly bytes: Uint8Array,
		private readonly wild: { one: Pattern; any: Pattern },
	) {}

	read(): Pattern {
		while (this.at < this.bytes.length) this.next();
		if (this.open.length > 0) throw new GlobError("has a { without its }");
		return this.sequence();
	}

	private next(): void {
		const character = String.fromCharCode(this.bytes[this.at++] as number);
		switch (character) {
			case "\\":
				this.add(this.escape());
				break;
			case "*":
				this.star();
				break;
			case "?":
				this.push(this.wild.one);
				break;
			case "[":
				this.push(this.characterClass());
				break;
			case "]":
				throw new GlobError("has a ] without its [");
			case "{":
				this.openChoice();
				break;
			case "}":
				this.closeChoice();
				break;
			case ",":
				if (this.open.length === 0) this.add(0x2c);
				else this.nextOption();
				break;
			default:
				this.add(character.charCodeAt(0));
		}
	}

	private star(): void {
		const double = this.bytes[this.at] === 0x2a;
		if (this.afterSlash) {
			let end = this.at;
			while (this.bytes[end] === 0x2a) end++;
			if (end === this.bytes.length || this.bytes[end] === slash) this.push(this.wild.one);
		}
		if (double) this.at++;
		this.pushRepeat(double ? this.wild.any : this.wild.one);
	}

	private characterClass(): Pattern {
		const from = this.at;
		const open = this.bytes[this.at] === 0x5e;
		const set = this.readClass();
		const written = this.bytes.subarray(from, this.at).join();
		const known = this.classes.get(written) ?? set;
		this.classes.set(written, known);
		return { kind: "set", set: known, ...(open ? { open } : {}) };
	}

	private readClass(): ByteSet {
		const set = new Uint8Array(256);
		const negated = this.bytes[this.at] === 0x5e;
		if (negated) this.at++;
		while (this.bytes[this.at] !== 0x5d) {
			const from = this.classMember();
			let to = from;
			if (this.bytes[this.at] === 0x2d && this.bytes[this.at + 1] !== 0x5d && this.at + 1 < this.bytes.length) {
				this.at++;
				to = this.classMember();
			}
			for (let byte = Math.min(from, to); byte <= Math.max(from, to); byte++) set[byte] = 1;
		}
		this.at++;
		return negated ? complement(set) : set;
	}

	private classMember(): number {
		const byte = this.bytes[this.at++];
		if (byte === undefined) throw new GlobError("has a [ without its ]");
		return byte === 0x5c ? this.escape() : byte;
	}

	/** What stands behind a backslash: the byte that it means. */
	private escape(): number {
		const rest = String.fromCharCode(...this.bytes.subarray(this.at, this.at + 4));
		if (rest === "") throw new GlobError("ends with a \\ that escapes nothing");
		const number = /^(?:[0-7]{1,3}|d\d{1,3}|x[0-9a-f]{1,2})/i.exec(rest)?.[0];
		if (number !== undefined) {
			this.at += number.length;
			const base = { d: 10, x: 16 }[number[0] as string];
			return base === undefined ? Number.parseInt(number, 8) & 255 : Number.parseInt(number.slice(1), base) & 255;
		}
		this.at++;
		return namedEscapes[rest[0] as string] ?? rest.charCodeAt(0);
	}

	private openChoice(): void {
		if (this.open.length >= maxDepth) throw new GlobError(`has {…} in each other more than ${maxDepth} deep`);
		this.flush();
		this.open.push({ options: [], before: this.parts });
		this.parts = [];
		this.afterSlash = false;
	}

	private nextOption(): void {
		(this.open.at(-1) as { options: Pattern[] }).options.push(this.sequence());
		this.parts = [];
		this.afterSlash = false;
	}

	private closeChoice(): void {
		const choice = this.open.at(-1);
		if (choice === undefined) throw new GlobError("has a } without its {");
		if (choice.options.length === 0) throw new GlobError("has a {…} with fewer than two alternatives");
		this.nextOption();
		this.open.pop();
		this.parts = choice.before;
		this.push({ kind: "choice", options: choice.options });
	}

	private add(byte: number): void {
		this.literal.push(byte);
		this.afterSlash = byte === slash;
	}

	private push(pattern: Pattern): void {
		this.flush();
		this.parts.push(pattern);
		this.afterSlash = false;
	}

	/** One of two neighbours that repeat the same, or less, is enough. */
	private pushRepeat(of: Pattern): void {
		const last = this.literal.length === 0 ? this.parts.at(-1) : undefined;
		if (last?.kind === "repeat") {
			if (last.of === of || last.of === this.wild.any) return;
			this.parts.pop();
		}
		this.push(repeat(of));
	}

	private flush(): void {
		if (this.literal.length === 0) return;
		this.parts.push({ kind: "text", bytes: Uint8Array.from(this.literal) });
		this.literal = [];
	}

	private sequence(): Pattern {
		this.flush();
		return this.parts.length === 1 ? (this.parts[0] as Pattern) : { kind: "sequence", parts: this.parts };
	}
}
