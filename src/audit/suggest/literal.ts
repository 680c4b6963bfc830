import { isNullPart } from "./profile-name";

/** What most names are made of. */
const plain = /^[A-Za-z0-9/._+-]*$/;

/** Characters that mean something in a pattern, or would end a quoted word. */
const special = /[?*[\]{}"]/;

/**
 * The pattern that matches exactly this name: every character that means something to the parser is escaped, and what
 * cannot stand in a line is written in octal. Whether the word needs quotes is the printer's to say.
 *
 * A byte that is not UTF-8 arrives as U+DC80 to U+DCFF (the low half of a surrogate pair, alone).
 */
export function literalPattern(name: string): string {
	if (plain.test(name)) return name;
	return escaped(name, (character) => special.test(character));
}

/**
 * A profile's name as it can stand in a header: its own globs stay, since they are part of the name. What the kernel
 * named after a program, `null-/path`, has no globs.
 */
export function headerName(name: string): string {
	if (isNullPart(name)) return literalPattern(name);
	return escaped(name, (character) => character === '"');
}

function escaped(name: string, isSpecial: (character: string) => boolean): string {
	let text = "";
	for (const character of name) {
		const code = character.codePointAt(0) as number;
		// The parser's lexer takes a backslash for one with the next character, a quote or a space, even behind another.
		if (code < 0x20 || code === 0x7f || character === "\\") text += octal(code);
		else if (code >= 0xdc80 && code <= 0xdcff) text += octal(code - 0xdc00);
		else text += isSpecial(character) ? `\\${character}` : character;
	}
	return text;
}

const octal = (byte: number) => `\\${byte.toString(8).padStart(3, "0")}`;
