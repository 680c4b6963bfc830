import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy, Statement } from "../../src/policy/ast";
import { PolicyError, PolicyErrors, parsePolicy, readPolicy } from "../../src/policy/parse/parse";
import { printPolicy, printRule, printStatement } from "../../src/policy/print/print";
import { policy, rule } from "./arbitrary";

/** What a policy says, without where; words in quotes and escapes are the same however they are written. */
function meaning(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (key, each) => {
			if (["start", "end", "position", "header", "spaced", "comment"].includes(key)) return undefined;
			if (Array.isArray(each)) return each.filter((item) => item?.kind !== "comment");
			return typeof each === "string"
				? each
						.replace(/(?<!\\)"/g, '\\"')
						.replace(/\\134$/, "\\")
						.replace(/\\+$/, "\\")
				: each;
		}),
	);
}

const elseIf = (statements: Statement[]): Statement[] =>
	statements.map((each) => ("body" in each ? { ...each, body: elseIf(each.body) } : each));

describe("what is printed", () => {
	it("reads as what it was printed from", () => {
		fc.assert(
			fc.property(policy, (made) => {
				const read = parsePolicy(printPolicy(made));
				expect(meaning({ statements: elseIf(read.statements) })).toEqual(meaning(made));
			}),
			{ numRuns: 300 },
		);
	}, 30_000);

	it("prints as itself once it is read", () => {
		fc.assert(
			fc.property(policy, (made) => {
				const printed = printPolicy(made);
				expect(printPolicy(parsePolicy(printed))).toBe(printed);
			}),
			{ numRuns: 300 },
		);
	}, 30_000);

	it("is one line a rule but for line ends in names, and ends with its comma", () => {
		fc.assert(
			fc.property(rule, (made) => {
				const printed = printRule(made);
				expect(printed.endsWith(",")).toBe(true);
				if (!JSON.stringify(made).includes("\\n")) expect(printed).not.toContain("\n");
				expect(parsePolicy(`${printed}\n`).statements).toHaveLength(1);
			}),
			{ numRuns: 300 },
		);
	}, 30_000);
});

describe("whatever the text", () => {
	const piece = fc.oneof(
		fc.constantFrom(
			...[
				"profile x /x {",
				"}",
				"{",
				"(",
				")",
				",",
				'"',
				"\\",
				"\n",
				"\r\n",
				"#include",
				"include <a>",
				"# c",
				"deny ",
			],
			...[
				"audit ",
				"@{A}=",
				"$b = true",
				" /a r,",
				"flags=",
				"xattrs=(",
				"peer=(",
				"->",
				"^h",
				"hat ",
				"if ",
				"else ",
				"not ",
			],
			...["dbus ", "send ", "unix ", "mount ", "options in (", "network ", "set rlimit ", "<=", "capability ", "link "],
			...[
				"change_profile ",
				"pivot_root ",
				"alias ",
				"abi ",
				"priority=",
				"owner ",
				"file ",
				"\0",
				"\uFEFF",
				"\uFFFD",
				"é",
			],
		),
		fc.string({ maxLength: 5 }),
	);
	const some = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(" "));

	it("nothing but PolicyErrors is thrown, and every error is in the text", () => {
		fc.assert(
			fc.property(fc.oneof(some, fc.string({ unit: "binary" })), (text) => {
				const lines = text.split("\n");
				const { errors } = readPolicy(text);
				const outside = errors.filter((error) => {
					const line = lines[error.position.line - 1];
					return !(error instanceof PolicyError) || line === undefined || error.position.column > line.length + 1;
				});
				expect(outside).toEqual([]);
				if (errors.length === 0) expect(() => parsePolicy(text)).not.toThrow();
				else expect(() => parsePolicy(text)).toThrow(PolicyErrors);
			}),
			{ numRuns: 500 },
		);
	}, 30_000);

	it("what can be read of it prints and reads again", () => {
		fc.assert(
			fc.property(some, (text) => {
				const printed = printPolicy(readPolicy(text).policy);
				expect(printPolicy(parsePolicy(printed))).toBe(printed);
			}),
			{ numRuns: 500 },
		);
	}, 30_000);
});

it("every statement prints by itself as it does in its policy", () => {
	fc.assert(
		fc.property(policy, (made: Policy) => {
			const alone = made.statements.map((statement) => `${printStatement(statement)}\n`).join("");
			const together = printPolicy({
				statements: made.statements.map((each) => ({ ...each, spaced: undefined }) as never),
			});
			expect(alone).toBe(together);
		}),
	);
});
