import Handlebars from "handlebars";
import { renderHelpers } from "./helpers";

/** The text of a template or partial, and what a person calls it. */
export interface TemplateSource {
	label: string;
	text: string;
}

/** A template that cannot be used: one line a problem, each naming the file and line or the value. */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
}

/** Marks, in rendered text, the place that the text behind it comes from. */
export const mark = (source: number, line: number) => `\ue000${source}:${line}\ue001`;
export const markPattern = /\ue000(\d+):(\d+)\ue001/;

/** Names of helpers that only the rewritten tree calls; no template can write them. */
export const needHelper = "\ue000need";
export const emitHelper = "\ue000emit";

/** How a value is used, which decides what may be in it. */
export type Use = "plain" | "raw" | "quoted" | "path" | "list" | "any";

/** Handlebars' own helpers that templates may use. */
const builtInHelpers = ["if", "unless", "each", "with", "lookup"];

/** Helpers whose arguments may be missing, and that look at a value without writing it. */
const tolerant = new Set(["if", "unless", "default"]);

const argumentUse: Record<string, Use> = { path: "quoted" };

/** A parsed template, prepared for checked rendering, and what it refers to. */
export interface PreparedTemplate {
	program: hbs.AST.Program;
	/** The first parts of all paths: the values that it may use. */
	valueNames: Set<string>;
	partialNames: { name: string; line: number }[];
}

/**
 * Parses a template and rewrites its tree: every `{{value}}` becomes a call of `emit`, every value handed to
 * a helper a call of `need`, which check it, and every piece of text carries a mark of the line that it
 * comes from.
 *
 * @throws TemplateError where the text is no Handlebars template, uses decorators or an unknown helper.
 */
export function prepareTemplate(source: TemplateSource, index: number): PreparedTemplate {
	let program: hbs.AST.Program;
	try {
		program = Handlebars.parse(source.text);
	} catch (error) {
		// The parser's message starts with "Parse error on line N:" and draws the place on the lines below.
		const { message, lineNumber } = error as Error & { lineNumber?: number };
		const line = /^Parse error on line (\d+)/.exec(message)?.[1] ?? lineNumber;
		throw new TemplateError(`${source.label}${line ? `:${line}` : ""}: ${message.split("\n").join(" ")}`);
	}
	const preparer = new Preparer(source, index);
	preparer.accept(program);
	return { program, valueNames: preparer.valueNames, partialNames: preparer.partialNames };
}

interface Call extends hbs.AST.Node {
	path: hbs.AST.PathExpression | hbs.AST.Literal | hbs.AST.SubExpression;
	params: hbs.AST.Expression[];
	hash?: hbs.AST.Hash;
}

class Preparer extends Handlebars.Visitor {
	readonly valueNames = new Set<string>();
	readonly partialNames: { name: string; line: number }[] = [];

	constructor(
		private readonly source: TemplateSource,
		private readonly index: number,
	) {
		super();
	}

	override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
		const isCall = mustache.params.length > 0;
		const [firstParam] = mustache.params;
		let value: hbs.AST.Expression;
		if (isCall) {
			this.prepareCall(mustache);
			value = { ...subExpression(mustache.loc), path: mustache.path, params: mustache.params } as never;
		} else {
			this.accept(mustache.path);
			value = mustache.path;
		}
		const name = (mustache.path as hbs.AST.PathExpression).original;
		// `{{{value}}}` and `{{&value}}` are Handlebars' marks for text that is to be taken as it is.
		const use: Use = !mustache.escaped ? "raw" : isCall && name === "path" ? "path" : "plain";
		const shown = use === "path" ? (firstParam as hbs.AST.PathExpression).original : name;
		mustache.params = this.helperArguments(value, shown, use, mustache);
		mustache.path = helperPath(emitHelper, mustache.loc);
		mustache.escaped = false;
	}

	override BlockStatement(block: hbs.AST.BlockStatement): void {
		this.prepareCall(block);
		this.accept(block.program);
		if (block.inverse) this.accept(block.inverse);
	}

	override SubExpression(expression: hbs.AST.SubExpression): void {
		this.prepareCall(expression);
	}

	override PathExpression(path: hbs.AST.PathExpression): void {
		const first = path.parts[0];
		if (typeof first === "string" && !path.data) this.valueNames.add(first);
	}

	override PartialStatement(partial: hbs.AST.PartialStatement): void {
		const { line } = partial.loc.start;
		if (partial.name.type === "SubExpression") throw this.error(line, "the name of a partial must be written out");
		this.partialNames.push({ name: String((partial.name as hbs.AST.PathExpression).original), line });
		for (const param of partial.params) this.accept(param);
		for (const pair of partial.hash?.pairs ?? []) this.accept(pair.value);
	}

	override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
		throw this.error(partial.loc.start.line, "block partials {{#> …}} are not supported");
	}

	override ContentStatement(content: hbs.AST.ContentStatement): void {
		const { value, original } = content as hbs.AST.ContentStatement & { original: string };
		if (value === "") return;
		// Handlebars strips the line end behind a block's tag: the text that is left starts further down.
		const stripped = original.slice(0, Math.max(0, original.indexOf(value)));
		let line = content.loc.start.line + (stripped.match(/\n/g)?.length ?? 0);
		content.value = mark(this.index, line) + value.replaceAll(/\n(?!$)/g, () => `\n${mark(this.index, ++line)}`);
	}

	override Decorator(decorator: hbs.AST.Decorator): void {
		this.refuseDecorator(decorator);
	}

	override DecoratorBlock(decorator: hbs.AST.DecoratorBlock): void {
		this.refuseDecorator(decorator);
	}

	private refuseDecorator(node: hbs.AST.Node): never {
		throw this.error(
			node.loc.start.line,
			"decorators such as {{#*inline}} are not supported; put the text into a file in partials/",
		);
	}

	/** Checks that the helper exists, and has every path among its arguments looked at by `need`. */
	private prepareCall(call: Call): void {
		const name = (call.path as hbs.AST.PathExpression).original;
		if (!builtInHelpers.includes(name) && !Object.hasOwn(renderHelpers, name)) {
			const known = [...builtInHelpers, ...Object.keys(renderHelpers)].sort().join(", ");
			throw this.error(call.loc.start.line, `unknown helper "${name}"; there are ${known}`);
		}
		if (call.hash) throw this.error(call.loc.start.line, `"${name}" takes no named arguments`);
		if (name === "each") {
			// Not wrapped in `need`, so that Handlebars can tell which value the block stands in.
			const [list] = call.params;
			if (!list || call.params.length > 1) throw this.error(call.loc.start.line, '"each" takes one list');
			this.accept(list);
			call.params = this.helperArguments(list, (list as hbs.AST.PathExpression).original, "list", call);
			return;
		}
		call.params = call.params.map((param) => {
			this.accept(param);
			if (param.type !== "PathExpression" || tolerant.has(name)) return param;
			const shown = (param as hbs.AST.PathExpression).original;
			const params = this.helperArguments(param, shown, argumentUse[name] ?? "any", call);
			return { ...subExpression(param.loc), path: helperPath(needHelper, param.loc), params } as never;
		});
	}

	private helperArguments(value: hbs.AST.Expression, shown: unknown, use: Use, node: hbs.AST.Node) {
		const text = (word: string) => ({ type: "StringLiteral", value: word, original: word, loc: node.loc });
		return [value, text(String(shown)), text(`${this.index}:${node.loc.start.line}`), text(use)] as never;
	}

	private error(line: number, reason: string): TemplateError {
		return new TemplateError(`${this.source.label}:${line}: ${reason}`);
	}
}

function subExpression(loc: hbs.AST.SourceLocation) {
	return { type: "SubExpression", loc };
}

function helperPath(name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression {
	return { type: "PathExpression", original: name, parts: [name], depth: 0, data: false, loc } as never;
}
