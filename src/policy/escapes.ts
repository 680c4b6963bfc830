const named: Record<string, number> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9, '"': 34, "\\": 92 };

/** What means something in a pattern, and keeps a backslash when it is written as a code. */
const special = "*?[]{}^,\\";

const escaped = /\\(?:([0-3][0-7]{2}|[0-7]{1,2})|d(25[0-5]|2[0-4]\d|[01]?\d{1,2})|x([0-9a-fA-F]{1,2})|([aefnrt"\\]))/g;

/**
 * A word's text with its escapes put in, as `apparmor_parser` reads it: `\040` and `\x20` are a space, `\"` is a quote.
 * Characters that mean something in a pattern keep a backslash (`\052` becomes `\*`), and what is no escape of the
 * language stays as it is. Codes above 127 are bytes of UTF-8; those that are not become U+FFFD.
 */
export function decodeEscapes(text: string): string {
	if (!text.includes("\\")) return text;
	const bytes = Buffer.from(text).toString("latin1");
	const decoded = bytes.replace(escaped, (whole, octal?: string, decimal?: string, hex?: string, name?: string) => {
		const code = codeOf(octal, decimal, hex, name);
		if (code === 0) return whole;
		const char = String.fromCharCode(code);
		return special.includes(char) ? `\\${char}` : char;
	});
	return Buffer.from(decoded, "latin1").toString();
}

function codeOf(octal?: string, decimal?: string, hex?: string, name?: string): number {
	if (octal !== undefined) return Number.parseInt(octal, 8);
	if (decimal !== undefined) return Number(decimal);
	if (hex !== undefined) return Number.parseInt(hex, 16);
	return named[name as string] as number;
}
