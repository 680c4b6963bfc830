import { labelEnd, listWord, nameWord, ruleWord, variableEnd, type WordKind, wordEnd } from "../words";

/** A name, or a value of a condition or a variable; in quotes where it needs them. */
export function printName(text: string): string {
	const word = writable(text);
	return isWhole(word, nameWord) && !/^([(#]|[{}]$)/.test(word) ? word : inQuotes(word);
}

/** A profile's name with its namespace; of `:ns://name` the slashes are not the name's. */
export function withNamespace(namespace: string | undefined, name: string): string {
	if (namespace === undefined) return name;
	return `:${namespace}:${name.startsWith("//") ? "//" : ""}${name}`;
}

/** A path, or what else stands for one: `@{HOME}`, `:ns:name`. */
export function printPath(text: string): string {
	const word = writable(text);
	const bare = isLabel(word) || variableEnd(word, 0) === word.length;
	return word !== "" && (bare || !/^[/@:&]/.test(word)) ? word : inQuotes(word);
}

/** A word in `(…)`. */
export function printListWord(text: string): string {
	const word = writable(text);
	return isWhole(word, listWord) && !/^(#|[{}]$)/.test(word) ? word : inQuotes(word);
}

/** A word in a rule that has keywords of its own, which are `keywords`. */
export function printRuleWord(text: string, keywords: readonly string[]): string {
	const word = writable(text);
	const bare = isWhole(word, ruleWord) || (word !== "" && isLabel(word));
	return bare && word !== "->" && !keywords.includes(word) ? word : inQuotes(word);
}

/** The text in quotes. */
export function quote(text: string): string {
	return inQuotes(writable(text));
}

function isWhole(word: string, kind: WordKind): boolean {
	return word !== "" && wordEnd(word, 0, kind) === word.length;
}

function isLabel(word: string): boolean {
	return labelEnd(word, 0) === word.length;
}

/**
 * The text as it can stand in a word, in quotes or without. A quote in it is escaped. A backslash at the end would escape
 * what follows the word, even a backslash that is escaped itself; there it is written as its code.
 */
function writable(text: string): string {
	const escaped = text.replace(/(?<!\\)"/g, '\\"');
	let backslashes = 0;
	while (escaped[escaped.length - 1 - backslashes] === "\\") backslashes++;
	if (backslashes === 0) return escaped;
	return `${escaped.slice(0, backslashes % 2 === 0 ? -2 : -1)}\\134`;
}

function inQuotes(word: string): string {
	return `"${word}"`;
}
