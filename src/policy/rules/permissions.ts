import type { Lexer } from "../lexer";
import { printListWord } from "../print/word";
import { listWord, ruleWord, wordEnd } from "../words";

/** What may stand without parentheses in every rule that has permissions other than a file's. */
const readWrite = ["r", "w", "rw", "wr"];

/**
 * Reads `(send, receive)`, or one permission without parentheses, which has to be one of `keywords`.
 * Those in parentheses are kept whatever they are.
 */
export function parsePermissions(lexer: Lexer, keywords: readonly string[]): string[] {
	if (lexer.take("(")) return parseList(lexer);
	const word = lexer.text.slice(lexer.at, wordEnd(lexer.text, lexer.at, ruleWord));
	if (!keywords.includes(word) && !readWrite.includes(word)) return [];
	lexer.take(word);
	return [word];
}

/** Reads the values up to `)`; commas between them mean nothing. */
export function parseList(lexer: Lexer): string[] {
	const values: string[] = [];
	for (;;) {
		lexer.spaces();
		if (lexer.take(")")) return values;
		if (lexer.take(",")) continue;
		const value = lexer.word(listWord);
		// Braces belong to words here; one by itself is a block's, behind a list that was not closed.
		if (!value || (!value.quoted && /^[{}]$/.test(value.text))) throw lexer.expected('a value or ")"');
		values.push(value.text);
	}
}

/** One by itself, several in parentheses. */
export function printPermissions(permissions: readonly string[]): string[] {
	if (permissions.length === 1 && /^\w+$/.test(permissions[0] as string)) return [permissions[0] as string];
	return printPermissionList(permissions);
}

/** In parentheses even if it is only one, as is the style of rules for sockets. */
export function printPermissionList(permissions: readonly string[]): string[] {
	if (permissions.length === 0) return [];
	return [`(${permissions.map(printListWord).join(", ")})`];
}
