import type { Conditional, Profile, Statement } from "../ast";
import { PolicyError } from "../errors";
import type { Comment, Lexer } from "../lexer";
import { parseCondition } from "./condition";
import { parseAbi, parseAlias, parseBoolean, parseInclude, parseVariable } from "./preamble";
import { type ProfileStart, parseHeader } from "./profile";
import { parseQualifiers } from "./qualifiers";
import { afterError } from "./recovery";
import { parseRule } from "./rule";

/** Far more than any policy's blocks within blocks, and few enough for the call stack. */
const maximumDepth = 250;

/** More do not help anyone to mend a text. */
const maximumErrors = 100;

/** Reads the statements of a policy, and goes on behind those that cannot be read. */
export class StatementParser {
	readonly errors: PolicyError[] = [];
	private depth = 0;
	/** A profile was read, behind which no variables, booleans and aliases may stand. */
	private inProfiles = false;
	/** Where the last block that could be read ends. */
	private blockEnd = 0;
	/** Reading has ended before the text has. */
	private stopped = false;

	constructor(private readonly lexer: Lexer) {}

	/** Reads statements to the end of the text, or to the block's `}`, which it leaves; `opener` is where its `{` is. */
	statements(opener?: number): Statement[] {
		const found: Statement[] = [];
		let lines = 0;
		for (;;) {
			lines += this.lineEnds();
			if (this.stopped || this.lexer.ended) {
				if (opener !== undefined && !this.stopped) this.fail('a block "{" that is never closed with "}"', opener);
				return found;
			}
			if (this.lexer.peek("}")) {
				if (opener !== undefined) return found;
				this.fail('a "}" without the "{" that it would close', this.lexer.at);
				this.lexer.advance(this.lexer.at + 1);
				continue;
			}
			const spaced = lines > 1 && found.length > 0;
			if (this.lexer.peek("#") && !this.lexer.atInclude()) {
				this.comment(found, lines === 0 ? found.at(-1) : undefined, spaced);
			} else {
				const before = found.length;
				this.attempt(found, opener !== undefined);
				const first = found[before];
				if (spaced && first) first.spaced = true;
			}
			lines = 0;
		}
	}

	/** Passes over blanks and line ends, and counts those. */
	private lineEnds(): number {
		const start = this.lexer.at;
		this.lexer.spaces();
		let lines = 0;
		for (let at = start; at < this.lexer.at; at++) if (this.lexer.text[at] === "\n") lines++;
		return lines;
	}

	/** A comment belongs to the statement that ends on its line, if that is no block. */
	private comment(found: Statement[], statement: Statement | undefined, spaced: boolean): void {
		const comment = this.lexer.comment();
		if (this.lexer.ended)
			this.fail(
				"a comment that no line end ends, which apparmor_parser refuses; end the text with a line end",
				comment.start,
			);
		if (statement && statement.kind !== "comment" && !("body" in statement) && !statement.comment)
			statement.comment = comment.text;
		else found.push({ ...this.commentLine(comment), ...(spaced ? { spaced } : {}) });
	}

	private commentLine(comment: Comment): Statement {
		return { kind: "comment", text: comment.text, ...this.lexer.range(comment.start, comment.end) };
	}

	/** Comments within a statement get lines before it. */
	private keepComments(found: Statement[]): void {
		for (const comment of this.lexer.takeComments()) found.push(this.commentLine(comment));
	}

	private attempt(found: Statement[], inBlock: boolean): void {
		const start = this.lexer.at;
		try {
			const statement = this.statement(found, inBlock);
			this.keepComments(found);
			found.push(statement);
		} catch (error) {
			if (!(error instanceof PolicyError)) throw error;
			this.keepComments(found);
			this.record(error);
			this.recover(start);
		}
	}

	private statement(found: Statement[], inBlock: boolean): Statement {
		const { lexer } = this;
		const start = lexer.at;
		if (lexer.take("#include")) return this.placed(parseInclude(lexer), start);
		const definition = parseVariable(lexer) ?? parseBoolean(lexer);
		if (definition) return this.preamble(definition, start, inBlock);
		if (lexer.take("^")) return this.profile("^", start, found);
		const name = lexer.name();
		switch (name) {
			case "include":
				lexer.take(name);
				return this.placed(parseInclude(lexer), start);
			case "abi":
				lexer.take(name);
				return this.placed(parseAbi(lexer), start);
			case "alias":
			case "rewrite":
				lexer.take(name);
				return this.preamble(parseAlias(lexer), start, inBlock);
			case "profile":
			case "hat":
				lexer.take(name);
				return this.profile(name, start, found);
			case "if":
				lexer.take(name);
				return this.conditional(start, found);
			case "else":
				throw lexer.error('"else" without the "if" that it would belong to', start);
		}
		if (!inBlock && this.atProfile()) return this.profile("path", start, found);
		const qualifiers = parseQualifiers(lexer);
		if (!lexer.peek("{")) return parseRule(lexer, qualifiers, start);
		if (qualifiers.priority !== undefined) throw lexer.error('"priority" on a block, which cannot have one', start);
		return this.block({ kind: "block" as const, qualifiers }, start, found);
	}

	/** Whether a path begins a profile, not a rule: neither permissions nor a comma stand behind it. */
	private atProfile(): boolean {
		const { lexer } = this;
		if (lexer.name() !== "") return false;
		const start = lexer.at;
		const comments = lexer.comments.length;
		const path = lexer.path();
		lexer.gap();
		const profile = path !== undefined && !lexer.peek(",") && lexer.permissions() === undefined;
		lexer.at = start;
		lexer.comments.length = comments;
		return profile;
	}

	private placed<Fields extends object>(fields: Fields, start: number) {
		return { ...fields, ...this.lexer.range(start, this.lexer.at) };
	}

	/** What can only stand before the profiles. */
	private preamble<Fields extends { kind: string }>(fields: Fields, start: number, inBlock: boolean) {
		const what = { alias: "an alias", boolean: "a boolean", variable: "a variable" }[fields.kind];
		if (inBlock) throw this.lexer.error(`${what} in a block; it stands before the profiles`, start);
		if (this.inProfiles) throw this.lexer.error(`${what} behind a profile; it stands before the profiles`, start);
		return this.placed(fields, start);
	}

	private profile(begin: ProfileStart, start: number, found: Statement[]): Profile {
		const header = parseHeader(this.lexer, begin, start);
		const profile = this.block(header, start, found);
		this.inProfiles = true;
		return profile;
	}

	private conditional(start: number, found: Statement[]): Conditional {
		const condition = parseCondition(this.lexer);
		this.lexer.gap();
		if (!this.lexer.peek("{")) throw this.lexer.expected('"{" behind the condition');
		const conditional: Conditional = this.block({ kind: "conditional" as const, condition }, start, found);
		const end = this.lexer.at;
		this.lexer.gap();
		if (!this.lexer.keyword("else")) {
			this.lexer.at = end;
			this.lexer.takeComments();
			return conditional;
		}
		this.keepComments(conditional.body);
		this.lexer.gap();
		const otherwise = this.lexer.at;
		if (this.lexer.keyword("if"))
			conditional.otherwise = [this.deeper(otherwise, () => this.conditional(otherwise, found))];
		else if (this.lexer.peek("{")) {
			const { body, comment } = this.body(found);
			conditional.otherwise = [...(comment ? [this.commentLine(comment)] : []), ...body];
		} else throw this.lexer.expected('"{" or "if" behind "else"');
		return { ...conditional, ...this.lexer.range(start, this.lexer.at) };
	}

	private block<Fields extends object>(fields: Fields, start: number, found: Statement[]) {
		const { body, comment } = this.body(found);
		return {
			...fields,
			...(comment ? { comment: comment.text } : {}),
			body,
			...this.lexer.range(start, this.lexer.at),
		};
	}

	/** Reads a block with its braces, the first of which stands here. */
	private body(found: Statement[]): { body: Statement[]; comment?: Comment } {
		const { lexer } = this;
		const opener = lexer.at;
		lexer.take("{");
		this.keepComments(found);
		lexer.blanks();
		const comment = lexer.peek("#") && !lexer.atInclude() ? lexer.comment() : undefined;
		const body = this.deeper(opener, () => this.statements(opener));
		lexer.take("}");
		this.blockEnd = lexer.at;
		return { body, ...(comment ? { comment } : {}) };
	}

	private deeper<Result>(opener: number, read: () => Result): Result {
		if (++this.depth > maximumDepth) {
			this.stop();
			throw this.lexer.error(`blocks within blocks, more than ${maximumDepth} deep`, opener);
		}
		try {
			return read();
		} finally {
			this.depth--;
		}
	}

	private fail(reason: string, offset: number): void {
		this.record(this.lexer.error(reason, offset));
	}

	private record(error: PolicyError): void {
		this.errors.push(error);
		if (this.errors.length >= maximumErrors) this.stop();
	}

	private stop(): void {
		this.stopped = true;
	}

	/** Goes on behind a statement that could not be read; a block that it opened is read for its errors. */
	private recover(start: number): void {
		if (this.stopped) return;
		const { at, block } = afterError(this.lexer.text, Math.max(start, this.blockEnd), this.lexer.at);
		this.lexer.at = at;
		if (block) this.attemptBlock();
	}

	private attemptBlock(): void {
		try {
			this.body([]);
		} catch (error) {
			if (!(error instanceof PolicyError)) throw error;
			this.record(error);
		}
	}
}
