import { PolicyError } from "./errors";
import type { Position, SourceRange } from "./source";
import { keywords, labelEnd, listWord, variableEnd, type WordKind, wordEnd } from "./words";

/** A word of a policy, without its outer quotes, escapes as written. */
export interface Word {
	text: string;
	/** Offsets of the word with its quotes, the end exclusive. */
	start: number;
	end: number;
	quoted: boolean;
}

/** A comment, from its `#` to its last character that is not blank. */
export interface Comment {
	text: string;
	start: number;
	end: number;
}

const nameRun = /[A-Za-z][A-Za-z0-9_]*/y;
/** But for `all`, which is a keyword everywhere. */
const permissionRun = /(?!all(?:[\s,]|$))(?:[rwalmkx]|[pc]x|[pc]?[iu]x){1,100}(?=[\s,]|$)/iy;

/**
 * Reads policy text from its start to its end. What is a word depends on what the parser expects at its place, as it
 * does in `apparmor_parser`, whose lexer has a state a rule; so there is a method for each, and no list of tokens.
 */
export class Lexer {
	/** Where reading goes on. */
	at = 0;
	/** The comments that were met within a statement since they were last taken. */
	comments: Comment[] = [];
	/** The words that name a profile: what rules are about, not what headers declare. */
	readonly labels: Word[] = [];
	private readonly lineStarts: number[] = [0];
	/** Where the last thing that was read ends. */
	private lastEnd = 0;

	constructor(
		readonly text: string,
		readonly file?: string,
	) {
		for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.lineStarts.push(at + 1);
	}

	/** The line and column of an offset. */
	position(offset: number): Position {
		const index = this.lineIndex(offset);
		return { line: index + 1, column: offset - (this.lineStarts[index] as number) + 1 };
	}

	range(start: number, end: number): SourceRange {
		const file = this.file === undefined ? {} : { file: this.file };
		return { start, end, position: this.position(start), ...file };
	}

	/** Whether there is a line end between two offsets. */
	sameLine(a: number, b: number): boolean {
		return this.lineIndex(a) === this.lineIndex(b);
	}

	error(reason: string, offset: number, code?: string): PolicyError {
		return new PolicyError(reason, this.position(offset), this.file, code);
	}

	/** What was expected, and what stands there instead; behind the last word where a line has ended since. */
	expected(what: string): PolicyError {
		const found = this.found();
		const offset = this.sameLine(this.lastEnd, this.at) ? this.at : this.lastEnd;
		return this.error(`expected ${what}, found ${found}`, Math.min(offset, this.text.length));
	}

	/** What stands at the place, for a message. */
	found(): string {
		const char = this.text[this.at];
		if (char === undefined) return "the end of the text";
		if (char === "\n") return "the end of the line";
		if (char === "\r") return "a carriage return";
		const end = Math.max(this.at + 1, wordEnd(this.text, this.at, listWord));
		const word = this.text.slice(this.at, Math.min(end, this.at + 60));
		return `"${word.trimEnd()}"${end > this.at + 60 ? "…" : ""}`;
	}

	get ended(): boolean {
		return this.at >= this.text.length;
	}

	peek(text: string): boolean {
		return this.text.startsWith(text, this.at);
	}

	/** Reads the text if it stands here. */
	take(text: string): boolean {
		if (!this.peek(text)) return false;
		this.advance(this.at + text.length);
		return true;
	}

	advance(end: number): void {
		this.at = end;
		this.lastEnd = end;
	}

	/** Passes over blanks on the line. */
	blanks(): void {
		while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at++;
	}

	/** Passes over blanks and line ends; in here `#` starts no comment. */
	spaces(): void {
		for (;;) {
			const char = this.text[this.at];
			if (char === "\r" && this.text[this.at + 1] === "\n") this.at += 2;
			else if (char === " " || char === "\t" || char === "\n") this.at++;
			else return;
		}
	}

	/** Passes over blanks, line ends and comments. */
	gap(): void {
		for (this.spaces(); this.text[this.at] === "#" && !this.atInclude(); this.spaces())
			this.comments.push(this.comment());
	}

	/** "#include" is a statement for all its looks; every other "#" starts a comment. */
	atInclude(): boolean {
		return this.peek("#include");
	}

	comment(): Comment {
		const start = this.at;
		const lineEnd = this.text.indexOf("\n", start);
		this.at = lineEnd === -1 ? this.text.length : lineEnd;
		const text = this.text.slice(start, this.at).trimEnd();
		return { text, start, end: start + text.length };
	}

	takeComments(): Comment[] {
		const comments = this.comments;
		if (comments.length > 0) this.comments = [];
		return comments;
	}

	/** The keyword or other plain word here, without reading it; empty where there is none. */
	name(): string {
		nameRun.lastIndex = this.at;
		return nameRun.exec(this.text)?.[0] ?? "";
	}

	/** Reads a keyword if it stands here, whole. */
	keyword(word: string): boolean {
		return this.name() === word && this.take(word);
	}

	/** Reads what matches here; the expression is sticky. */
	match(expression: RegExp): RegExpExecArray | undefined {
		expression.lastIndex = this.at;
		const found = expression.exec(this.text);
		if (!found) return undefined;
		this.advance(expression.lastIndex);
		return found;
	}

	/** Reads the permissions of a file rule, such as `rwk` or `Pix`, if that is what stands here. */
	permissions(): Word | undefined {
		return this.atPermissions() ? this.wordTo(permissionRun.lastIndex) : undefined;
	}

	private atPermissions(): boolean {
		permissionRun.lastIndex = this.at;
		return permissionRun.test(this.text);
	}

	/** Reads a word or a quoted string, if one stands here. @throws PolicyError on quotes that are never closed. */
	word(...kinds: WordKind[]): Word | undefined {
		if (this.text[this.at] === '"') return this.quoted();
		let end = this.at;
		for (const kind of kinds) end = Math.max(end, wordEnd(this.text, this.at, kind));
		return end === this.at ? undefined : this.wordTo(end);
	}

	/** Reads a path, a variable, or a quoted string that begins as one of them, if one stands here. */
	path(): Word | undefined {
		if (this.text[this.at] === '"') {
			if (/[/@:&]/.test(this.text[this.at + 1] ?? "")) return this.quoted();
			throw this.error('expected a path in the quotes, which begins with "/" or "@{"', this.at);
		}
		const end = Math.max(labelEnd(this.text, this.at), variableEnd(this.text, this.at));
		return end === this.at ? undefined : this.wordTo(end);
	}

	/** Reads a path as `path` does, or a plain word that is no keyword, which is a path for `apparmor_parser`, too. */
	pathOrName(): Word | undefined {
		const name = this.name();
		if (name === "") return this.path();
		return keywords.has(name) || this.atPermissions() ? undefined : this.wordTo(this.at + name.length);
	}

	/** Reads a word where `mount`, `dbus` and the like have one. */
	ruleWord(kind: WordKind): Word | undefined {
		if (this.text[this.at] === '"') return this.quoted();
		const end = Math.max(labelEnd(this.text, this.at), wordEnd(this.text, this.at, kind));
		if (end > this.at && this.text[end] === "\r")
			throw this.error("a carriage return that apparmor_parser takes for a part of the word before it", end);
		return end === this.at ? undefined : this.wordTo(end);
	}

	private wordTo(end: number): Word {
		const start = this.at;
		this.advance(end);
		return { text: this.text.slice(start, end), start, end, quoted: false };
	}

	/** A quote behind a backslash is part of the string, unless no other quote follows. */
	private quoted(): Word {
		const start = this.at;
		let close = this.text.indexOf('"', start + 1);
		let last = close;
		while (close !== -1 && this.text[close - 1] === "\\" && close - 1 > start) {
			last = close;
			close = this.text.indexOf('"', close + 1);
		}
		const end = close === -1 ? last : close;
		if (end === -1) throw this.error("a quoted string that never ends", start);
		this.advance(end + 1);
		return { text: this.text.slice(start + 1, end), start, end: end + 1, quoted: true };
	}

	private lineIndex(offset: number): number {
		let low = 0;
		let high = this.lineStarts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.lineStarts[middle] as number) <= offset) low = middle;
			else high = middle - 1;
		}
		return low;
	}
}
