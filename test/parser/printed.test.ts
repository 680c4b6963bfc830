import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { PolicyError, parsePolicy, readPolicy } from "../../src/policy/parse/parse";
import { printPolicy, printRule } from "../../src/policy/print/print";
import type { FileRule } from "../../src/policy/rules/file";
import { releasesUnderTest } from "../e2e/releases";
import { type DebianParser, parserOf } from "./debian-parser";

describe.each(releasesUnderTest)("all the policy of Debian's packages on %s", (release) => {
	let parser: DebianParser;
	let policies: { file: string; text: string }[];

	beforeAll(async () => {
		parser = await parserOf(release);
		policies = parser.files().map((file) => ({ file, text: readFileSync(join(parser.policyFolder, file), "utf8") }));
		expect(policies.length).toBeGreaterThan(150);
	});

	/** Files that are loaded by themselves, not only included. */
	const profiles = () =>
		policies.filter(({ file }) => !/^(abstractions|tunables|local|abi)\//.test(file) && !/\.d\//.test(file));

	it("prints as text that prints as itself", () => {
		for (const { file, text } of policies) {
			const printed = printPolicy(parsePolicy(text, { file }));
			expect(printPolicy(parsePolicy(printed, { file }))).toBe(printed);
		}
	});

	it("is compiled to the same bytes when it was printed", { timeout: 900_000 }, async () => {
		const differing: string[] = [];
		for (const { file, text } of profiles()) {
			const [before, after] = await Promise.all(
				[text, printPolicy(parsePolicy(text))].map((each) => parser.compile(each)),
			);
			if (before?.length === 0 || !before?.equals(after as Buffer)) differing.push(file);
		}
		expect(differing).toEqual([]);
	});

	it("throws nothing but its own errors where it is damaged, and loops never", () => {
		const damage = fc.record({
			policy: fc.constantFrom(...profiles()),
			at: fc.double({ min: 0, max: 1, noNaN: true }),
			length: fc.nat(40),
			inserted: fc.oneof(
				fc.string({ maxLength: 4 }),
				fc.constantFrom("{", "}", '"', ",", "(", ")", "\n", "#include ", "\\"),
			),
		});
		fc.assert(
			fc.property(damage, ({ policy: { text }, at, length, inserted }) => {
				const start = Math.floor(at * text.length);
				const damaged = text.slice(0, start) + inserted + text.slice(start + length);
				const { policy, errors } = readPolicy(damaged);
				for (const error of errors) expect(error).toBeInstanceOf(PolicyError);
				const printed = printPolicy(policy);
				expect(printPolicy(parsePolicy(printed))).toBe(printed);
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		"/a b",
		"/a\tb",
		"/a,",
		"/a,b",
		"/a, b",
		'/a"b',
		"/a#b",
		"/a\\\\",
		"/a\\\\b",
		"/a(b)",
		"/a!",
		"/a=b",
		"/aéb",
		"/a\\*b",
	])("reads the printed path %j as that file", async (path) => {
		const rule: FileRule = {
			kind: "file",
			path,
			permissions: ["r"],
			qualifiers: {},
			start: 0,
			end: 0,
			position: { line: 1, column: 1 },
		};
		const codes = [...Buffer.from(path.replaceAll(/\\([\\*])/g, "$1"))].map(
			(byte) => `\\${byte.toString(8).padStart(3, "0")}`,
		);
		const expected = `/${codes.slice(1).join("")}`;
		const compiled = [printRule(rule), `${expected} r,`].map((line) => parser.compile(`profile x {\n  ${line}\n}\n`));
		const [printed, coded] = await Promise.all(compiled);
		expect((printed as Buffer).equals(coded as Buffer)).toBe(true);
	});
});
