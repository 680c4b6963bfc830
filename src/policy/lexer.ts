import { PolicyError, type Position } from "./errors";

export type TokenKind = "word" | "string" | "open" | "close" | "paren" | "comma" | "newline";

/** One token of a policy; comments are passed over, line ends are kept because they end includes and variables. */
export interface Token {
	kind: TokenKind;
	text: string;
	/** Offsets into the policy text, the end exclusive. */
	start: number;
	end: number;
	position: Position;
}

const blank = /[ \t\r\f\v]/;
const wordEnd = /[\s,()"]/;

/**
 * Splits policy text into tokens. A `{` that stands by itself opens a block; one inside a word is an
 * alternation (`/{usr/,}bin/x`) or a variable (`@{HOME}`), whose commas belong to the word.
 *
 * @throws PolicyError on an unclosed quote or alternation, or a NUL byte.
 */
export function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	let line = 1;
	let lineStart = 0;
	let at = 0;
	const positionOf = (offset: number): Position => ({ line, column: offset - lineStart + 1 });
	const push = (kind: TokenKind, start: number, end: number) =>
		tokens.push({ kind, text: text.slice(start, end), start, end, position: positionOf(start) });

	while (at < text.length) {
		const char = text[at] as string;
		if (char === "\0") throw new PolicyError("a NUL byte, which no policy may contain", positionOf(at));
		if (char === "\n") {
			push("newline", at, at + 1);
			line++;
			lineStart = ++at;
		} else if (blank.test(char)) {
			at++;
		} else if (char === "#") {
			// "#include" is a statement for all its looks; every other "#" starts a comment.
			if (/^#include(?=\s)/.test(text.slice(at, at + 9))) {
				push("word", at, at + 8);
				at += 8;
			} else {
				const end = text.indexOf("\n", at);
				at = end === -1 ? text.length : end;
			}
		} else if (char === ",") {
			push("comma", at, ++at);
		} else if (char === "(" || char === ")") {
			push("paren", at, ++at);
		} else if (char === "}") {
			push("close", at, ++at);
		} else if (char === "{" && /[\s#}]/.test(text[at + 1] ?? "\n")) {
			push("open", at, ++at);
		} else {
			const end = wordAt(text, at, positionOf(at));
			push(char === '"' ? "string" : "word", at, end);
			for (let i = at; i < end; i++) {
				if (text[i] === "\n") {
					line++;
					lineStart = i + 1;
				}
			}
			at = end;
		}
	}
	return tokens;
}

/** The offset just behind the word or quoted string that starts at `start`. */
function wordAt(text: string, start: number, position: Position): number {
	let depth = 0;
	let at = start;
	let quoted = false;
	for (; at < text.length; at++) {
		const char = text[at] as string;
		if (char === "\\") {
			at++;
		} else if (char === '"') {
			// A quote inside a word (`@{dir}="/a b"`) quotes a part of it.
			quoted = !quoted;
			if (!quoted && text[start] === '"' && depth === 0) return at + 1;
		} else if (quoted) {
			if (char === "\n") throw new PolicyError(`a quoted string that does not end on its line`, position);
		} else if (char === "{") {
			// A profile's name may touch its block's brace: `profile x{`.
			if (depth === 0 && at > start && /[\s#]/.test(text[at + 1] ?? "\n")) return at;
			depth++;
		} else if (char === "}") {
			if (depth === 0) return at;
			depth--;
		} else if (depth > 0) {
			if (char === "\n") throw new PolicyError(`an alternation "{…}" that does not end on its line`, position);
		} else if (wordEnd.test(char)) {
			return at;
		}
	}
	if (quoted) throw new PolicyError("a quoted string that never ends", position);
	if (depth > 0) throw new PolicyError(`an alternation "{…}" that never ends`, position);
	return Math.min(at, text.length);
}
