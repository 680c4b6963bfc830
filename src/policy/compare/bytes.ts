/** The bytes that the kernel compares: UTF-8, and each lone surrogate U+DC80 to U+DCFF as the byte it stands for. */
export function toBytes(text: string): Uint8Array {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are ASCII too
	if (/^[\x00-\x7f]*$/.test(text)) return Uint8Array.from(text, (character) => character.charCodeAt(0));
	const parts = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
	return Buffer.concat(
		parts.map((part, index) => (index % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part))),
	);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text; where they are not UTF-8, each byte beyond ASCII as `\xNN`. */
export function fromBytes(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		return Array.from(bytes, (byte) =>
			byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
		).join("");
	}
}
