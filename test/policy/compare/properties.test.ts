import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Access } from "../../../src/policy/compare/access";
import { createAccessChecker } from "../../../src/policy/compare/allows";
import { comparePolicies } from "../../../src/policy/compare/compare";
import { expandPolicy } from "../../../src/policy/expand/expand";
import type { ExpandedProfile } from "../../../src/policy/expand/expanded";
import { PolicyErrors, parsePolicy } from "../../../src/policy/parse/parse";
import { printPolicy } from "../../../src/policy/print/print";
import { policy } from "../arbitrary";

const part = fc.constantFrom("a", "b", "*", "**", "?", "[ab]", "[^a]", "{a,b}", "{,a/b}", "\\*");
const glob = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("")}`);
const qualifier = fc.constantFrom("", "", "", "audit ", "deny ", "audit deny ", "priority=1 ", "priority=-1 deny ");
const name = fc.constantFrom("x", "y*", "**", "{x,z}");
const rule = fc.oneof(
	fc
		.tuple(qualifier, fc.constantFrom("", "owner "), glob, fc.constantFrom("r", "rw", "a", "wk", "m"))
		.map(([before, owner, path, may]) => `${before}${owner}${path} ${may},`),
	fc
		.tuple(fc.constantFrom("", "audit "), glob, fc.constantFrom("ix", "Px", "ux", "pix -> x", "Cx"))
		.map(([before, path, may]) => `${before}${path} ${may},`),
	fc.tuple(qualifier, glob, glob).map(([before, path, target]) => `${before}link ${path} -> ${target},`),
	fc
		.tuple(qualifier, name, fc.constantFrom("term", "hup kill"))
		.map(([before, peer, set]) => `${before}signal set=(${set}) peer=${peer},`),
	fc
		.tuple(qualifier, name, fc.constantFrom("", "(read)"))
		.map(([before, peer, may]) => `${before}ptrace ${may} peer=${peer},`),
	fc
		.tuple(qualifier, fc.constantFrom("send", "(send, receive)"), glob)
		.map(([before, may, path]) => `${before}dbus ${may} path=${path},`),
	fc
		.tuple(qualifier, fc.constantFrom("/a", "/{a,b}"), fc.constantFrom("options=(ro)", "options in (ro, nosuid)", ""))
		.map(([before, path, options]) => `${before}mount ${options} /dev/x -> ${path},`),
	fc.constantFrom(
		"capability kill,",
		"deny capability kill,",
		"capability,",
		"network inet,",
		"network tcp,",
		"unix type=stream,",
		"userns,",
	),
);
const rules = fc.array(rule, { maxLength: 5 });
const profile = (lines: string[]): string => `profile p {\n${lines.join("\n")}\n}\n`;

describe("comparePolicies on any rules", () => {
	it("finds nothing between a policy and itself in another order", () => {
		fc.assert(
			fc.property(rules, (lines) => {
				expect(comparePolicies(profile(lines), profile([...lines].reverse())).equal).toBe(true);
			}),
		);
	});

	it("finds the same the other way round, in the other direction", () => {
		fc.assert(
			fc.property(rules, rules, (one, other) => {
				const [there, back] = [
					comparePolicies(profile(one), profile(other)),
					comparePolicies(profile(other), profile(one)),
				];
				expect(back.equal).toBe(there.equal);
				expect(back.widened.length > 0).toBe(there.narrowed.length > 0);
				expect(back.narrowed.length > 0).toBe(there.widened.length > 0);
				expect(back.auditChanged.length > 0).toBe(there.auditChanged.length > 0);
			}),
		);
	});

	it("gives examples of files that the access checker answers differently", () => {
		const fileRules = fc.array(
			fc.tuple(qualifier, glob, fc.constantFrom("r", "rw")).map(([before, path, may]) => `${before}${path} ${may},`),
			{ maxLength: 6 },
		);
		const fileAccess = (path: string | undefined, permission: string): Access => ({
			class: "file",
			path: path as string,
			permissions: [permission as "r" | "w"],
			owner: false,
		});
		fc.assert(
			fc.property(fileRules, fileRules, (one, other) => {
				const [before, after] = [checkerOf(one), checkerOf(other)];
				const { widened, narrowed } = comparePolicies(profile(one), profile(other));
				for (const { example, permissions } of widened) {
					const answers = permissions.map((each) => answersOf(example, each));
					expect(answers).toContainEqual({ before: false, after: true });
				}
				for (const { example, permissions } of narrowed) {
					const answers = permissions.map((each) => answersOf(example, each));
					expect(answers).toContainEqual({ before: true, after: false });
				}

				function answersOf(path: string | undefined, permission: string): { before: boolean; after: boolean } {
					const access = fileAccess(path, permission);
					return { before: before.verdict(access) === "allow", after: after.verdict(access) === "allow" };
				}
			}),
		);

		function checkerOf(lines: string[]): ReturnType<typeof createAccessChecker> {
			const { profiles } = expandPolicy(parsePolicy(profile(lines))).expanded;
			return createAccessChecker(profiles[0] as ExpandedProfile);
		}
	});

	it("reads whatever the parser reads, or throws the policy's errors", () => {
		fc.assert(
			fc.property(policy, (tree) => {
				const text = printPolicy(tree);
				try {
					expect(comparePolicies(text, text).equal).toBe(true);
				} catch (error) {
					expect(error).toBeInstanceOf(PolicyErrors);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
