import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPath, pathCovers, pathsOverlap } from "../../../src/policy/compare/glob";
import { GlobError } from "../../../src/policy/compare/glob-pattern";

describe("matchesPath", () => {
	it.each<[glob: string, matches: string[], not: string[]]>([
		["/a", ["/a"], ["/", "/a/", "/ab", "/A"]],
		["/a/*", ["/a/b", "/a/.b"], ["/a/", "/a/b/", "/a/b/c"]],
		["/a/*b", ["/a/b", "/a/ab"], ["/a/", "/a/b/b"]],
		["/*/b", ["/a/b"], ["//b", "/a/a/b"]],
		["/a/**", ["/a/b", "/a/b/", "/a/b/c"], ["/a/", "/a//"]],
		["/a/**/", ["/a/b/", "/a/b/c/"], ["/a/", "/a/b"]],
		["/a/**.so", ["/a/.so", "/a/b/c.so"], ["/a.so"]],
		["/a**", ["/a", "/ab", "/a/", "/a/b"], ["/b"]],
		["/a/***", ["/a/b", "/a/b/c"], ["/a/"]],
		["/?", ["/a"], ["/", "//", "/ab"]],
		["/[ab]", ["/a", "/b"], ["/c", "/"]],
		["/[a-c]", ["/b"], ["/d"]],
		["/[c-a]", ["/b"], ["/d"]],
		["/[^a]", ["/b", "//"], ["/a"]],
		["/[a^]", ["/^"], ["/b"]],
		["/{a,b{c,d}}", ["/a", "/bc", "/bd"], ["/b", "/{a,bc}"]],
		["/a{,b}", ["/a", "/ab"], ["/b"]],
		["/a,b", ["/a,b"], ["/a", "/b"]],
		["/{a\\,b,c}", ["/a,b", "/c"], ["/a"]],
		["/\\*", ["/*"], ["/a"]],
		["/\\\\", ["/\\"], ["/"]],
		["/\\101\\x42\\d067", ["/ABC"], []],
		["/\\n", ["/\n"], ["/n"]],
		["/a.b+c", ["/a.b+c"], ["/aXbbc"]],
		["/{a,b}*", ["/a", "/bc"], ["/"]],
	])("%s", (glob, matches, not) => {
		expect(matches.filter((path) => !matchesPath(glob, path))).toEqual([]);
		expect(not.filter((path) => matchesPath(glob, path))).toEqual([]);
	});

	it("takes a character beyond ASCII as the bytes that it has", () => {
		expect(matchesPath("/é", "/é")).toBe(true);
		expect(matchesPath("/?", "/é")).toBe(false);
		expect(matchesPath("/??", "/é")).toBe(true);
		expect(matchesPath("/[é]", "/é")).toBe(false);
	});

	it("takes a lone surrogate as the byte that it stands for", () => {
		expect(matchesPath("/\\xff", "/\udcff")).toBe(true);
		expect(matchesPath("/\\xfe", "/\udcff")).toBe(false);
	});

	it.each([
		["/[a", "has a [ without its ]"],
		["/a]", "has a ] without its ["],
		["/{a,b", "has a { without its }"],
		["/a}", "has a } without its {"],
		["/{a}", "has a {…} with fewer than two alternatives"],
		["/a\\", "ends with a \\ that escapes nothing"],
		[`${"{a,".repeat(50)}b${"}".repeat(50)}`, "has {…} in each other more than 49 deep"],
	])("refuses %s", (glob, reason) => {
		expect(() => matchesPath(glob, "/a")).toThrow(new GlobError(reason));
	});
});

describe("pathCovers", () => {
	it.each<[glob: string, other: string, covers: boolean, covered: boolean]>([
		["/a/**", "/a/*", true, false],
		["/a/**", "/a/", false, false],
		["/a/{**,}", "/a/", true, false],
		["/a/[ab]", "/a/{a,b}", true, true],
		["/a/*", "/a/{*a,*b,?*}", true, true],
		["/a*", "/*a", false, false],
		["/**", "/a", true, false],
	])("%s, %s", (glob, other, covers, covered) => {
		expect(pathCovers(glob, other)).toBe(covers);
		expect(pathCovers(other, glob)).toBe(covered);
	});
});

describe("pathsOverlap", () => {
	it.each<[glob: string, other: string, overlap: boolean]>([
		["/a*", "/*b", true],
		["/a*", "/b*", false],
		["/a/*", "/a/*/b", false],
		["/a/**", "/a/*/b", true],
		["/[^a]", "/a", false],
		["/x", "/x", true],
	])("%s, %s", (glob, other, overlap) => {
		expect(pathsOverlap(glob, other)).toBe(overlap);
		expect(pathsOverlap(other, glob)).toBe(overlap);
	});
});

describe("globs of any kind", () => {
	const part = fc.constantFrom("a", "b", "/", "*", "**", "?", "[ab]", "[^a]", "{a,b}", "{,a/b}", "{*,b}", "\\*");
	const glob = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join("")}`);
	const path = fc.array(fc.constantFrom("a", "b", "/", "*"), { maxLength: 6 }).map((parts) => `/${parts.join("")}`);

	it("match what the same regular expression matches", () => {
		fc.assert(fc.property(glob, path, (one, text) => matchesPath(one, text) === toRegExp(one).test(text)));
	});

	it("cover what they match, and overlap where both match", () => {
		fc.assert(
			fc.property(glob, glob, path, (one, other, text) => {
				const [inOne, inOther] = [matchesPath(one, text), matchesPath(other, text)];
				if (inOther && !inOne) expect(pathCovers(one, other)).toBe(false);
				if (inOne && inOther) expect(pathsOverlap(one, other)).toBe(true);
			}),
		);
	});

	/** The words of `apparmor_parser`'s conversion, written independently. */
	function toRegExp(text: string): RegExp {
		let depth = 0;
		const pattern = text.replace(/\\.|\[[^\]]*\]|\*\*?|[?{},.]/g, (found, at: number) => {
			if (found.startsWith("\\") || found === ".") return found.startsWith("\\") ? found : "\\.";
			if (found.startsWith("[")) return found;
			if (found === "?") return "[^/]";
			if (found === "{") depth++;
			if (found === "}") depth--;
			if (found === "{" || found === "}") return found === "{" ? "(?:" : ")";
			if (found === ",") return depth > 0 ? "|" : ",";
			const whole = text[at - 1] === "/" && /^\**(\/|$)/.test(text.slice(at));
			return `${whole ? "[^/]" : ""}${found === "**" ? ".*" : "[^/]*"}`;
		});
		return new RegExp(`^(?:${pattern})$`, "s");
	}
});

describe("hostile globs", () => {
	it.each([
		["many wildcards", `/${"**a".repeat(2000)}`, `/${"**b".repeat(2000)}`],
		["exponentially many states", `/**a${"?".repeat(60)}`, `/**b${"?".repeat(61)}`],
		["wildcards without end", `/${"*".repeat(500_000)}a`, `/${"*".repeat(500_000)}b`],
		["empty alternatives", `/${"{*,}".repeat(20_000)}`, `/${"{a,b}".repeat(20_000)}`],
	])(
		"are answered in time, or with the answer that allows less: %s",
		(_, one, other) => {
			const start = process.cpuUsage();
			expect(pathCovers(one, other)).toBe(false);
			expect(process.cpuUsage(start).user / 1e6).toBeLessThan(4);
		},
		60_000,
	);
});
