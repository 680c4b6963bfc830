import { PolicyError, type Position } from "./errors";
import { type Token, tokenize } from "./lexer";

/** A rule or another statement that is not a block, from its first token to its comma or line end. */
export interface RuleOutline {
	kind: "rule";
	tokens: Token[];
	start: number;
	end: number;
	position: Position;
}

/** A block that is no profile: a conditional (`if … {`) or a qualifier's (`deny {`). */
export interface BlockOutline {
	kind: "block";
	header: Token[];
	body: Statement[];
	start: number;
	end: number;
	position: Position;
}

/** A profile or hat: what its header says, and its body. */
export interface ProfileOutline {
	kind: "profile";
	/** The name as written, without quotes; for `/usr/bin/x {` it is the path. */
	name: string;
	/** The attachment as written, without quotes; undefined where the header has none. */
	attachment?: string;
	/** The words in `flags=(…)`; empty where there is none. */
	flags: string[];
	/** The range of `flags=(…)` in the text; empty, behind the header's last word, where there is none. */
	flagsRange: { start: number; end: number };
	body: Statement[];
	start: number;
	end: number;
	position: Position;
}

export type Statement = RuleOutline | BlockOutline | ProfileOutline;

/** Far more than any policy's blocks within blocks, and few enough for the call stack. */
const maximumDepth = 100;

const qualifiers = new Set(["audit", "deny", "allow", "quiet", "owner", "other", "file"]);

/**
 * Reads the outline of a policy: its profiles with their headers, and the statements in them. It knows as
 * much of the language as setting a mode and finding `deny` rules takes, and leaves the rest to the parser.
 *
 * @throws PolicyError where blocks, quotes or headers do not fit together.
 */
export function readOutline(text: string): Statement[] {
	const tokens = tokenize(text);
	const reader = new OutlineReader(tokens, text.length);
	return reader.statements(undefined);
}

class OutlineReader {
	private at = 0;
	private depth = 0;

	constructor(
		private readonly tokens: Token[],
		private readonly length: number,
	) {}

	/** The statements up to the block's `}`; up to the end of the text where `opener` is undefined. */
	statements(opener: Token | undefined): Statement[] {
		const found: Statement[] = [];
		for (;;) {
			while (this.tokens[this.at]?.kind === "newline") this.at++;
			const token = this.tokens[this.at];
			if (!token) {
				if (opener) throw new PolicyError('a block "{" that is never closed with "}"', opener.position);
				return found;
			}
			if (token.kind === "close") {
				if (!opener) throw new PolicyError('a "}" without the "{" that it would close', token.position);
				return found;
			}
			found.push(this.statement(token));
		}
	}

	private statement(first: Token): Statement {
		const header: Token[] = [];
		const endsAtLine = isLineStatement(first);
		for (let depth = 0; ; this.at++) {
			const token = this.tokens[this.at];
			if (!token) {
				if (endsAtLine) return rule(header, this.length);
				throw new PolicyError(`"${first.text}" starts a rule that no "," ends`, first.position);
			}
			if (token.kind === "newline") {
				if (endsAtLine) return rule(header, token.start);
				continue;
			}
			if (token.kind === "open") return this.block(header, token);
			if (token.kind === "close") {
				if (endsAtLine) return rule(header, token.start);
				throw new PolicyError(`"${first.text}" starts a rule that no "," ends before "}"`, first.position);
			}
			if (token.kind === "paren") depth += token.text === "(" ? 1 : -1;
			if (token.kind === "comma" && depth <= 0 && !endsAtLine) {
				this.at++;
				return rule(header.length > 0 ? header : [token], token.end);
			}
			header.push(token);
		}
	}

	private block(header: Token[], open: Token): Statement {
		this.at++;
		if (++this.depth > maximumDepth)
			throw new PolicyError(`blocks within blocks, more than ${maximumDepth} deep`, open.position);
		const body = this.statements(open);
		this.depth--;
		const close = this.tokens[this.at++] as Token;
		const first = header[0] ?? open;
		const shared = { body, start: first.start, end: close.end, position: first.position };
		if (header.every((token) => qualifiers.has(token.text)) || first.text === "if" || first.text === "else")
			return { kind: "block", header, ...shared };
		return { kind: "profile", ...readHeader(header), ...shared };
	}
}

/** Includes, variables and booleans end with their line, not with a comma. */
function isLineStatement(first: Token): boolean {
	return /^(#?include|@\{|\$)/.test(first.text);
}

function rule(tokens: Token[], end: number): RuleOutline {
	const first = tokens[0] as Token;
	return { kind: "rule", tokens, start: first.start, end, position: first.position };
}

function readHeader(header: Token[]): Pick<ProfileOutline, "name" | "attachment" | "flags" | "flagsRange"> {
	const first = header[0] as Token;
	let names: Token[] = [];
	let flags: string[] = [];
	let flagsRange: { start: number; end: number } | undefined;
	for (let i = 0; i < header.length; i++) {
		const token = header[i] as Token;
		const opensParens = header[i + 1]?.text === "(" || header[i + 2]?.text === "(";
		if (/^(flags|xattrs)=?$/.test(token.text) && opensParens) {
			const open = header.findIndex((other, j) => j > i && other.text === "(");
			const close = header.findIndex((other, j) => j > open && other.text === ")");
			if (close === -1) throw new PolicyError(`"${token.text}(" without its ")"`, token.position);
			if (token.text.startsWith("flags")) {
				flags = header.slice(open + 1, close).flatMap((word) => (word.kind === "word" ? [word.text] : []));
				flagsRange = { start: token.start, end: (header[close] as Token).end };
			}
			i = close;
		} else if (token.text === "(") {
			// The old form, `profile x (complain) {`: the flags without their name.
			const close = header.findIndex((other, j) => j > i && other.text === ")");
			if (close === -1) throw new PolicyError('"(" without its ")"', token.position);
			flags = header.slice(i + 1, close).flatMap((word) => (word.kind === "word" ? [word.text] : []));
			flagsRange = { start: token.start, end: (header[close] as Token).end };
			i = close;
		} else {
			names.push(token);
		}
	}
	const last = names.at(-1) ?? first;
	if (first.text === "profile" || first.text === "hat") names = names.slice(1);
	const [name, attachment] = names;
	if (!name) throw new PolicyError(`a "${first.text}" block without a name`, first.position);
	return {
		name: unquote(name.text.replace(/^\^/, "")),
		...(attachment ? { attachment: unquote(attachment.text) } : {}),
		flags,
		flagsRange: flagsRange ?? { start: last.end, end: last.end },
	};
}

function unquote(text: string): string {
	return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
}
