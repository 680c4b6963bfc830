/** Which of the 256 bytes belong to it: 1 at the index of each that does. */
export type ByteSet = Uint8Array;

/** A regular language over bytes. */
export type Pattern =
	| { kind: "text"; bytes: Uint8Array }
	/** `open` is said of what is written as all bytes but some, or as any. */
	| { kind: "set"; set: ByteSet; open?: true }
	| { kind: "sequence"; parts: Pattern[] }
	| { kind: "choice"; options: Pattern[] }
	| { kind: "repeat"; of: Pattern };

export function byteSet(bytes: Iterable<number>): ByteSet {
	const set = new Uint8Array(256);
	for (const byte of bytes) set[byte] = 1;
	return set;
}

export function complement(set: ByteSet): ByteSet {
	return set.map((member) => 1 - member);
}

export const text = (bytes: Iterable<number>): Pattern => ({ kind: "text", bytes: Uint8Array.from(bytes) });
export const sequence = (...parts: Pattern[]): Pattern => ({ kind: "sequence", parts });
export const choice = (...options: Pattern[]): Pattern => ({ kind: "choice", options });
export const repeat = (of: Pattern): Pattern => ({ kind: "repeat", of });

const nul = byteSet([0]);
/** One byte of any value. */
export const anyByte: Pattern = { kind: "set", set: complement(byteSet([])), open: true };
/** One byte of a field. */
export const fieldByte: Pattern = { kind: "set", set: complement(nul), open: true };
/** Any value of a field, the empty one too. */
export const anyField: Pattern = repeat(fieldByte);
/** Any value of a field but the empty one. */
export const someField: Pattern = sequence(fieldByte, anyField);
/** Whatever follows. */
export const anything: Pattern = repeat(anyByte);
const separator = text([0]);

/** Fields with a NUL between them, as the kernel joins them. */
export function fields(...list: Pattern[]): Pattern {
	return sequence(...list.flatMap((field, index) => (index === 0 ? [field] : [separator, field])));
}

/**
 * Whether the pattern has neither `*` nor `?` nor `[^…]`. Such a rule's exec transition wins over those of rules with
 * them, whichever of the two is the more specific.
 */
export function isExact(pattern: Pattern): boolean {
	switch (pattern.kind) {
		case "text":
			return true;
		case "set":
			return pattern.open !== true;
		case "sequence":
			return pattern.parts.every(isExact);
		case "choice":
			return pattern.options.every(isExact);
		case "repeat":
			return false;
	}
}

/** A text that two patterns share only if they are written the same. */
export function patternKey(pattern: Pattern): string {
	switch (pattern.kind) {
		case "text":
			return `"${Buffer.from(pattern.bytes.buffer, pattern.bytes.byteOffset, pattern.bytes.length).toString("latin1").replace(/[\\"]/g, "\\$&")}"`;
		case "set":
			return setKey(pattern.set);
		case "sequence":
			return `(${pattern.parts.map(patternKey).join("")})`;
		case "choice":
			return `{${pattern.options.map(patternKey).join(",")}}`;
		case "repeat":
			return `${patternKey(pattern.of)}*`;
	}
}

const setKeys = new WeakMap<ByteSet, string>();

/** A text that two sets share only if they have the same bytes. */
export function setKey(set: ByteSet): string {
	let key = setKeys.get(set);
	if (key === undefined) {
		const bits = Buffer.alloc(32);
		for (let byte = 0; byte < 256; byte++)
			bits[byte >> 3] = (bits[byte >> 3] as number) | ((set[byte] as number) << (byte & 7));
		key = `[${bits.toString("latin1")}]`;
		setKeys.set(set, key);
	}
	return key;
}
