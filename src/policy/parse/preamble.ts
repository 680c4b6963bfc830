import type { Abi, Alias, BooleanDefinition, Include, VariableDefinition } from "../ast";
import type { Lexer } from "../lexer";
import { fileWord, nameWord } from "../words";

/** A statement's own parts, without its place. */
export type Fields<Statement> = Omit<Statement, "start" | "end" | "position" | "file" | "comment" | "spaced">;

/** Reads what stands behind `abi`. */
export function parseAbi(lexer: Lexer): Fields<Abi> {
	const file = parseFileName(lexer, "abi");
	lexer.spaces();
	if (!lexer.take(",")) throw lexer.expected('"," behind the abi');
	return { kind: "abi", ...file };
}

const ifExists = /if[ \t]+exists(?=[ \t])/y;

/** Reads what stands behind `include`; nothing ends it but its file's name. */
export function parseInclude(lexer: Lexer): Fields<Include> {
	lexer.blanks();
	const optional = lexer.match(ifExists) !== undefined;
	const file = parseFileName(lexer, "include");
	lexer.blanks();
	if (lexer.peek(",")) throw lexer.error('a "," behind an include, which ends without one', lexer.at);
	return { kind: "include", ...file, ...(optional ? { ifExists: optional } : {}) };
}

const magicPath = /<(?:([^">\t\r\n]+)|"([^"]*)")>/y;

function parseFileName(lexer: Lexer, keyword: string): { path: string; magic?: true } {
	lexer.spaces();
	const magic = lexer.match(magicPath);
	if (magic) {
		const path = (magic[1] ?? magic[2] ?? "").trim();
		if (path === "") throw lexer.error(`"<>" behind "${keyword}" names no file`, lexer.at - 2);
		return { path, magic: true };
	}
	const word = lexer.word(fileWord);
	if (!word || word.text.trim() === "")
		throw lexer.expected(`a file, such as <abstractions/base>, behind "${keyword}"`);
	return { path: word.text.trim() };
}

/** Reads what stands behind `alias`. */
export function parseAlias(lexer: Lexer): Fields<Alias> {
	lexer.gap();
	const from = lexer.pathOrName();
	if (!from) throw lexer.expected('a path behind "alias"');
	lexer.gap();
	if (!lexer.take("->")) throw lexer.expected('"->" and another path');
	lexer.spaces();
	const to = lexer.word(nameWord);
	if (!to) throw lexer.expected('a path behind "->"');
	lexer.gap();
	if (!lexer.take(",")) throw lexer.expected('"," behind the alias');
	return { kind: "alias", from: from.text, to: to.text };
}

const variable = /@(?:\{([A-Za-z][A-Za-z0-9_]*)\}|([A-Za-z][A-Za-z0-9_]*))[ \t\n]{0,100}(\+?=|[?:]=)/y;
const boolean = /\$(?:\{([A-Za-z][A-Za-z0-9_]*)\}|([A-Za-z][A-Za-z0-9_]*))[ \t]*(\+?=|[?:]=)/y;

/** Reads a variable's definition, if one stands here. */
export function parseVariable(lexer: Lexer): Fields<VariableDefinition> | undefined {
	const start = lexer.at;
	const found = lexer.match(variable);
	if (!found) return undefined;
	const [, braced, bare, operator] = found;
	const name = braced ?? bare ?? "";
	if (operator !== "=" && operator !== "+=")
		throw lexer.error(`"${operator}", which only AppArmor 5.0 knows; use "=" or "+="`, start);
	const values = parseLine(lexer);
	if (values.length === 0) throw lexer.expected(`a value for @{${name}} on its line`);
	return { kind: "variable", name, operator, values };
}

/** Reads a boolean's definition, if one stands here. */
export function parseBoolean(lexer: Lexer): Fields<BooleanDefinition> | undefined {
	const start = lexer.at;
	const found = lexer.match(boolean);
	if (!found) return undefined;
	const [, braced, bare, operator] = found;
	const name = braced ?? bare ?? "";
	if (operator !== "=") throw lexer.error(`"${operator}" on a boolean, which can only be set with "="`, start);
	const values = parseLine(lexer);
	const [value = ""] = values;
	if (values.length !== 1 || !/^(true|false)$/i.test(value))
		throw lexer.error(`$${name} is set to "${values.join(" ")}"; it can be true or false`, start);
	return { kind: "boolean", name, value: /^true$/i.test(value) };
}

/** Reads the values up to the end of the line; a backslash before it goes on with the next. */
function parseLine(lexer: Lexer): string[] {
	const values: string[] = [];
	for (;;) {
		lexer.blanks();
		if (lexer.take("\\\n")) continue;
		if (lexer.peek("#")) return values;
		if (lexer.peek(",") && /^[\s,]?$/.test(lexer.text.charAt(lexer.at + 1)))
			throw lexer.error('a "," in a variable\'s values, which only blanks separate', lexer.at);
		const value = lexer.word(nameWord);
		if (!value) {
			if (lexer.ended || lexer.peek("\n") || lexer.peek("\r\n")) return values;
			throw lexer.expected("a value or the end of the line");
		}
		values.push(value.text);
	}
}
