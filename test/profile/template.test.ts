import { describe, expect, it } from "vitest";
import { sourceOf } from "../../src/profile/line-map";
import { renderTemplate, type Template } from "../../src/profile/template";
import { TemplateError } from "../../src/profile/template-syntax";

const template = (text: string, partials: Record<string, string> = {}): Template => ({
	label: "t.hbs",
	text,
	partials: Object.fromEntries(
		Object.entries(partials).map(([name, partial]) => [name, { label: `partials/${name}.hbs`, text: partial }]),
	),
});
const context = { profile: { name: "x", abi: "3.0", parser: { major: 3, minor: 0 } } };
const render = (text: string, values: Record<string, unknown> = {}, partials: Record<string, string> = {}) =>
	renderTemplate(template(text, partials), values, context);
const problemsOf = (text: string, values: Record<string, unknown> = {}, partials: Record<string, string> = {}) => {
	try {
		render(text, values, partials);
	} catch (error) {
		expect(error).toBeInstanceOf(TemplateError);
		return (error as Error).message.split("\n");
	}
	throw new Error("nothing was refused");
};

describe("hostile values", () => {
	const hostile = [
		"/a\n  /** rw",
		"/a\r/b",
		"/a\u2028/b",
		'/a" r, /** rw, "',
		"/a{",
		"/a}",
		"}{",
		"/a r,",
		"/a, /** rw",
		"#include",
		"/a # /b",
		"/a\\",
		"/a\0",
		"<x>",
		"(complain)",
		" ",
		"",
	];
	it.each(hostile)("%j is refused where it would be written as it is", (value) => {
		expect(problemsOf("/x\n{{dir}} r,", { dir: value })).toEqual([
			expect.stringMatching(/^values\.dir: ".*" .+ \(t\.hbs:2\)$/s),
		]);
	});

	it.each(["/srv/{a,b}/c", "@{HOME}/x", "/a*", "/a[0-9]", "/é", "/a=b", "/a\\*b"])("%j passes", (value) => {
		expect(render("{{dir}} r,", { dir: value }).text).toBe(`${value} r,`);
	});

	it("path quotes what needs it and still lets nothing out of the quotes", () => {
		expect(render('{{path dir "/**"}} r,', { dir: "/my data/" }).text).toBe('"/my data/**" r,');
		expect(render('{{path dir "/**"}} r,', { dir: "/a,b #c" }).text).toBe('"/a,b #c/**" r,');
		for (const value of ['/a"b', "/a\nb", "/a{", "/a\\"])
			expect(problemsOf('{{path dir "/"}} r,', { dir: value })[0]).toMatch(/^values\.dir: /);
		expect(problemsOf('{{path dir "/"}} r,', { dir: "#include" })).toEqual([
			'values.dir: "\\"#include/\\"" is no absolute path (t.hbs:1)',
		]);
	});

	it("only a triple-stash takes a value as policy", () => {
		expect(render("{{{rules}}}", { rules: "/a r,\n/b w," }).text).toBe("/a r,\n/b w,");
	});

	it("a value cannot reach Handlebars either", () => {
		expect(problemsOf("{{a.constructor}}", { a: "x" })).toEqual(["values.a.constructor: is missing (t.hbs:1)"]);
		expect(render("{{{a}}}", { a: "{{b}}" }).text).toBe("{{b}}");
	});
});

describe("strictness", () => {
	it("reports everything at once, each with its value, file and line", () => {
		const text = "{{first}} r,\n{{#each list}}\n{{this}} r,\n{{/each}}\n{{path second}} r,\n{{> extra}}";
		expect(problemsOf(text, { list: ["/ok", "a b"], unused: 1 }, { extra: "\n{{third}} r," })).toEqual([
			"values.unused: t.hbs uses no such value; it uses: first, list, second, third",
			"values.first: is missing (t.hbs:1)",
			'values.list.1: "a b" contains white space; in the template, {{path NAME}} quotes a path that does (t.hbs:3)',
			"values.second: is missing (t.hbs:5)",
			"values.third: is missing (partials/extra.hbs:2)",
		]);
	});

	it.each([
		["{{#each list}}{{/each}}", { list: undefined }, "values.list: is missing (t.hbs:1)"],
		["{{#each list}}{{/each}}", { list: "x" }, 'values.list: "x" is no list (t.hbs:1)'],
		["{{list}}", { list: ["x"] }, "values.list: is a list; in the template, write {{#each}} around it (t.hbs:1)"],
		["{{a}}", { a: { b: 1 } }, "values.a: is a object, not text (t.hbs:1)"],
		["{{a}}", { a: Number.NaN }, "values.a: NaN is no number that a policy can hold (t.hbs:1)"],
	])("%s with %j", (text, values, problem) => {
		expect(problemsOf(text, values)).toEqual([problem]);
	});

	it.each([
		["{{nope x}}", /^t\.hbs:1: unknown helper "nope"; there are default, each, eq, if, /],
		["\n{{#nope}}{{/nope}}", /^t\.hbs:2: unknown helper "nope"/],
		["{{> nope}}", /^t\.hbs:1: unknown partial "nope"; there are: none/],
		["a\n{{#if x}}", /^t\.hbs:2: Parse error on line 2/],
		["{{#*inline}}{{/inline}}", /^t\.hbs:1: decorators/],
		['{{#if (parserAtLeast "new")}}{{/if}}', /^t\.hbs: parserAtLeast: "new" is no version/],
	])("%s", (text, problem) => {
		expect(problemsOf(text, { x: 1 })[0]).toMatch(problem);
	});

	it("a value that if, unless or default looks at may be missing", () => {
		expect(render("{{#if a}}{{a}}{{else}}none{{/if}} {{default b 8080}}").text).toBe("none 8080");
	});
});

describe("output", () => {
	it("is written for the oldest parser that must read it", () => {
		const text = '{{profile.abi}}{{#if (parserAtLeast "4.0")}} userns,{{/if}}';
		expect(render(text).text).toBe("3.0");
		const newer = { profile: { name: "x", abi: "4.0", parser: { major: 4, minor: 1 } } };
		expect(renderTemplate(template(text), {}, newer).text).toBe("4.0 userns,");
	});

	it("does not depend on the order of the values", () => {
		const text = "{{#each map}}{{@key}}={{this}} {{/each}}{{a}}{{b}}";
		expect(render(text, { a: "1", b: "2", map: { x: 1, y: 2 } }).text).toBe(
			render(text, { map: { x: 1, y: 2 }, b: "2", a: "1" }).text,
		);
	});

	it("knows the template's line of each of its own", () => {
		const text = "one\n{{#if yes}}\nthree\n{{/if}}\n{{#each list}}\nsix {{this}}\n{{/each}}\n{{> part}}\nnine";
		const { text: rendered, lines } = render(
			text,
			{ yes: true, list: ["a", "b"] },
			{ part: "{{#if yes}}\np2\n{{/if}}\np4\n" },
		);
		const origins = rendered.split("\n").map((line, index) => [line, sourceOf(lines, index + 1)]);
		expect(origins).toEqual([
			["one", "t.hbs:1"],
			["three", "t.hbs:3"],
			["six a", "t.hbs:6"],
			["six b", "t.hbs:6"],
			["p2", "partials/part.hbs:2"],
			["p4", "partials/part.hbs:4"],
			["nine", "t.hbs:9"],
		]);
	});
});
