import type { Profile } from "../ast";
import type { Lexer, Word } from "../lexer";
import { parseGroup } from "../rules/conditions";
import { parseList } from "../rules/permissions";
import type { SourceRange } from "../source";
import { nameWord } from "../words";
import type { Fields } from "./preamble";

/** How a profile begins. */
export type ProfileStart = "profile" | "hat" | "^" | "path";

export type ProfileHeader = Omit<Fields<Profile>, "body">;

const flagsWord = /flags[ \t]*(?==)/y;

/** Reads a profile's header, from behind its keyword or from its `^` or path on, up to its `{`. */
export function parseHeader(lexer: Lexer, begin: ProfileStart, start: number): ProfileHeader {
	const name = parseName(lexer, begin, start);
	let end = name.range.end;
	lexer.gap();
	const attachment = parseAttachment(lexer);
	if (attachment) end = attachment.end;
	lexer.gap();
	const xattrs = parseGroup(lexer, "xattrs");
	if (xattrs?.length && begin !== "path" && begin !== "profile")
		throw lexer.error("a hat with xattrs, which it cannot have", start);
	if (xattrs) end = lexer.at;
	lexer.gap();
	const flagsStart = lexer.at;
	const flags = parseFlags(lexer);
	const flagsRange = flags ? lexer.range(flagsStart, lexer.at) : lexer.range(end, end);
	lexer.gap();
	if (!lexer.peek("{")) throw missingBrace(lexer, attachment?.text ?? name.name);
	return {
		kind: "profile",
		...(begin === "hat" || begin === "^" ? { hat: true } : {}),
		...(begin === "profile" || begin === "hat" ? { keyword: true } : {}),
		...(name.namespace === undefined ? {} : { namespace: name.namespace }),
		name: name.name,
		...(attachment ? { attachment: attachment.text } : {}),
		flags: flags ?? [],
		xattrs: (xattrs ?? []).map((each) => ({ name: each.name, value: each.values[0] ?? "" })),
		header: {
			name: name.range,
			...(attachment ? { attachment: lexer.range(attachment.start, attachment.end) } : {}),
			flags: flagsRange,
		},
	};
}

interface Name {
	namespace?: string;
	name: string;
	range: SourceRange;
}

function parseName(lexer: Lexer, begin: ProfileStart, start: number): Name {
	if (begin === "profile" || begin === "hat") lexer.blanks();
	const rangeStart = begin === "^" ? start : lexer.at;
	const word = begin === "path" ? lexer.path() : lexer.word(nameWord);
	if (!word || word.text === "" || (word.text === "{" && !word.quoted))
		throw lexer.error(`a ${begin === "path" ? "profile" : `"${begin}" block`} without a name`, start);
	const label = /^:([^:]*)(:(?:\/\/)?)?([\s\S]*)$/.exec(word.text);
	const [namespace, terminated, name] = label ? [label[1], label[2], label[3] ?? ""] : [undefined, ":", word.text];
	if (terminated === undefined) throw lexer.error(`the namespace in "${word.text}" does not end with ":"`, word.start);
	if (namespace === "" || name === "")
		throw lexer.error(`"${word.text}" needs a namespace and a name, as in ":namespace:name"`, word.start);
	if (name.startsWith("&") || (begin === "path" && namespace === undefined && !name.startsWith("/")))
		throw lexer.error(`a profile's name cannot begin as "${name}" does; write "profile NAME PATH {"`, word.start);
	return {
		...(namespace === undefined ? {} : { namespace }),
		name,
		range: lexer.range(rangeStart, word.end),
	};
}

function parseAttachment(lexer: Lexer): Word | undefined {
	const start = lexer.at;
	if (/^[A-Za-z]/.test(lexer.text[start] ?? "")) {
		const name = lexer.name();
		if (name === "flags" || name === "xattrs") return undefined;
		throw lexer.error(`expected a path that the profile attaches to, "flags=(…)" or "{", found "${name}"`, start);
	}
	const word = lexer.path();
	if (word && !/^(\/|@\{)/.test(word.text))
		throw lexer.error(`the path that a profile attaches to begins with "/" or "@{", not as "${word.text}" does`, start);
	return word;
}

function parseFlags(lexer: Lexer): string[] | undefined {
	const start = lexer.at;
	if (lexer.match(flagsWord)) {
		lexer.take("=");
		lexer.spaces();
		if (!lexer.peek("(")) throw lexer.expected('"(" behind "flags="');
	}
	if (!lexer.take("(")) return undefined;
	let flags: string[];
	try {
		flags = parseList(lexer);
	} catch {
		throw lexer.error('"flags=(" without its ")"', start);
	}
	if (flags.length === 0) throw lexer.error('"flags=()" names no flag; leave it out', start);
	return flags;
}

function missingBrace(lexer: Lexer, lastWord: string) {
	if (lastWord.endsWith("{"))
		return lexer.expected(
			`"{" behind the profile's header; in "${lastWord}" it is part of the word: put a blank before it`,
		);
	if (lexer.name() === "xattrs") return lexer.expected('"{"; "xattrs=(…)" stands before "flags=(…)"');
	return lexer.expected(`"{" behind the profile's header`);
}
