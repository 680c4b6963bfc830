const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a bare value is what the kernel writes for a text with blanks, quotes or bytes outside of ASCII. */
export function isHex(value: string): boolean {
	return value.length % 2 === 0 && /^[0-9A-F]+$/.test(value);
}

/** The text of a hex-encoded value; a byte that is not UTF-8 becomes the lone surrogate U+DC00 plus the byte. */
export function decodeHex(value: string): string {
	const bytes = Buffer.from(value, "hex");
	try {
		return strict.decode(bytes);
	} catch {
		return decodeWithSurrogates(bytes);
	}
}

function decodeWithSurrogates(bytes: Buffer): string {
	let text = "";
	let at = 0;
	while (at < bytes.length) {
		const first = bytes[at] as number;
		const length = sequenceLength(first);
		const piece = bytes.toString("utf8", at, at + length);
		if (first < 0x80 || (length > 1 && (!piece.includes(replacement) || isReplacement(bytes, at)))) {
			text += piece;
			at += length;
		} else {
			text += String.fromCharCode(0xdc00 + first);
			at++;
		}
	}
	return text;
}

/** What decoding makes of bytes that are not UTF-8, and its own bytes. */
const replacement = "\ufffd";
const isReplacement = (bytes: Buffer, at: number) => bytes.subarray(at, at + 3).equals(replacementBytes);
const replacementBytes = Buffer.from(replacement);

/** How many bytes a UTF-8 character takes that starts with this byte; 1 for one that none starts with. */
function sequenceLength(first: number): number {
	if (first < 0xc2 || first > 0xf4) return 1;
	if (first >= 0xf0) return 4;
	return first >= 0xe0 ? 3 : 2;
}
