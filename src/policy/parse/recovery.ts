import { keywords } from "../words";

/** Where reading goes on. */
export interface Resumption {
	at: number;
	/** A block begins there. */
	block: boolean;
}

/** What a statement may begin with at the start of a line. */
const beginning = /[/@"#^{}$&:]|[A-Za-z_]+/y;

/** What ends with its line. */
const lineStatement = /#?include\b|[@$][^\s=,]*[ \t]*[+?:]?=/y;

/**
 * Where to go on behind a statement that cannot be read: at its block if its first line opens one, at the line where it
 * went wrong if that begins with what was not expected, else behind the next comma, at the next line that looks like a
 * statement, or at a `}`.
 *
 * @param start where the statement begins, or goes on behind a block that could be read.
 * @param failed where it went wrong.
 */
export function afterError(text: string, start: number, failed: number): Resumption {
	lineStatement.lastIndex = start;
	if (lineStatement.test(text)) {
		const lineEnd = text.indexOf("\n", Math.max(start, failed - 1));
		return { at: lineEnd === -1 ? text.length : lineEnd, block: false };
	}
	const block = blockOnLine(text, start);
	if (block !== undefined) return { at: block, block: true };
	if (failed > start && beginsLine(text, failed)) return { at: failed, block: false };
	for (let at = failed; at < text.length; at++) {
		switch (text[at]) {
			case '"': {
				const close = closingQuote(text, at);
				if (close !== undefined) at = close;
				break;
			}
			case ",":
				if (at + 1 >= text.length || /[\s}#]/.test(text[at + 1] as string)) return { at: at + 1, block: false };
				break;
			case "{":
				if (opensBlock(text, at)) return { at, block: true };
				break;
			case "}":
				if (at > start && (blankAt(text, at - 1) || text[at - 1] === ",")) return { at, block: false };
				break;
			case "\n":
				if (looksLikeStatement(text, at)) return { at, block: false };
				break;
		}
	}
	return { at: text.length, block: false };
}

/** The "{" of a block on the line of the offset. */
function blockOnLine(text: string, start: number): number | undefined {
	for (let at = start; at < text.length && text[at] !== "\n" && text[at] !== "#"; at++) {
		if (text[at] === '"') at = closingQuote(text, at) ?? at;
		else if (text[at] === "{" && opensBlock(text, at)) return at;
	}
	return undefined;
}

function opensBlock(text: string, brace: number): boolean {
	return (
		blankAt(text, brace + 1) || (blankAt(text, brace - 1) && !/[\w*]*[,}]/y.test(text.slice(brace + 1, brace + 50)))
	);
}

function blankAt(text: string, at: number): boolean {
	return /\s/.test(text[at] ?? "\n");
}

/** Only blanks stand between the start of the line and the offset, and something that a statement begins with at it. */
function beginsLine(text: string, offset: number): boolean {
	let at = offset - 1;
	while (text[at] === " " || text[at] === "\t") at--;
	return (at < 0 || text[at] === "\n") && beginsStatement(text, offset);
}

function looksLikeStatement(text: string, newline: number): boolean {
	let at = newline + 1;
	while (text[at] === " " || text[at] === "\t" || text[at] === "\r") at++;
	return at >= text.length || text[at] === "\n" || beginsStatement(text, at);
}

function beginsStatement(text: string, at: number): boolean {
	beginning.lastIndex = at;
	const found = beginning.exec(text)?.[0];
	return found !== undefined && (found.length === 1 || keywords.has(found));
}

/** On the same line: a quote that is not closed there was perhaps never meant to be one. */
function closingQuote(text: string, open: number): number | undefined {
	for (let at = open + 1; at < text.length && text[at] !== "\n"; at++) if (text[at] === '"') return at;
	return undefined;
}
