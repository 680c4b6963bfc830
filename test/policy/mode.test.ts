import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PolicyError } from "../../src/policy/errors";
import { Mode, setMode } from "../../src/policy/mode";
import { readOutline } from "../../src/policy/outline";

const flagsOf = (policy: string) => {
	const profile = readOutline(policy).find((statement) => statement.kind === "profile");
	return profile?.kind === "profile" ? profile.flags : undefined;
};

describe("setMode writes the mode into the flags", () => {
	const cases: [string, Mode, string][] = [
		["profile x /x {\n}", "complain", "profile x /x flags=(complain) {\n}"],
		["profile x /x {\n}", "enforce", "profile x /x {\n}"],
		["profile x /x {\n}", "disabled", "profile x /x {\n}"],
		["profile x /x {\n}", "kill", "profile x /x flags=(kill) {\n}"],
		["profile x /x {\n}", "unconfined", "profile x /x flags=(unconfined) {\n}"],
		["profile x /x flags=(complain) {\n}", "enforce", "profile x /x {\n}"],
		[
			"profile x /x flags=(complain,attach_disconnected) {\n}",
			"enforce",
			"profile x /x flags=(attach_disconnected) {\n}",
		],
		["profile x /x flags = (kill) {\n}", "complain", "profile x /x flags=(complain) {\n}"],
		[
			'profile x /x xattrs=(user.a="b") flags=(complain) {\n}',
			"kill",
			'profile x /x xattrs=(user.a="b") flags=(kill) {\n}',
		],
		["profile x (complain) {\n}", "enforce", "profile x {\n}"],
		['profile x "/a b/{c,d}" {}', "complain", 'profile x "/a b/{c,d}" flags=(complain) {}'],
		["profile x{\n}", "complain", "profile x flags=(complain){\n}"],
		["profile x /x { # flags=(kill) {\n}", "complain", "profile x /x flags=(complain) { # flags=(kill) {\n}"],
	];
	it.each(cases)("%j in %s", (policy, mode, expected) => {
		expect(setMode(policy, mode)).toBe(expected);
	});

	it("in child profiles and hats too, which have modes of their own", () => {
		const policy = "profile x /x {\n  profile y /y {\n  }\n  ^hat {\n  }\n  hat other flags=(kill) {\n  }\n}\n";
		expect(setMode(policy, Mode.Complain).match(/flags=\(complain\)/g)).toHaveLength(4);
		expect(setMode(policy, Mode.Enforce)).not.toContain("flags");
	});

	it("and is undone by setting the other one", () => {
		const policy = "profile x /x flags=(attach_disconnected) {\n  /a r,\n}\n";
		for (const mode of Object.values(Mode)) expect(setMode(setMode(policy, mode), "enforce")).toBe(policy);
	});
});

describe("complain mode never blocks", () => {
	const rules = [
		"deny /etc/shadow r,",
		"audit deny /etc/shadow r,",
		"deny owner /home/** w,",
		"audit deny\n    network inet,",
		"deny {\n    /a r,\n    /b w,\n  }",
		"include <abstractions/private-files>",
		"#include <abstractions/private-files-strict>",
		"priority=10 deny /x w,",
	];
	it.each(rules)("%j becomes a comment, and lines keep their numbers", (rule) => {
		const policy = `profile x /x {\n  ${rule}\n  /after r,\n}\n`;
		const complain = setMode(policy, "complain");
		expect(readOutline(complain)).toMatchObject([{ kind: "profile", body: [{ kind: "rule" }] }]);
		expect(complain.split("\n")).toHaveLength(policy.split("\n").length);
		expect(complain).toContain("\n  /after r,\n");
		expect(complain).toContain("# not in complain mode: ");
	});

	it("a deny rule that shares its line with others is left out alone", () => {
		const complain = setMode("profile x /x {\n  /a r, deny /b w, /c r,\n}\n", "complain");
		expect(complain).toContain("/a r,");
		expect(complain).toContain("/c r,");
		expect(complain).not.toContain("deny");
	});

	it.each(["allow /x r,", "/denied/deny r,", "include <abstractions/base>", "/x r, # deny /y r,"])(
		"%j stays",
		(rule) => {
			expect(setMode(`profile x /x {\n  ${rule}\n}\n`, "complain")).toContain(`\n  ${rule}\n`);
		},
	);

	it.each(["enforce", "kill", "unconfined", "disabled"] as Mode[])("deny rules stay in %s mode", (mode) => {
		expect(setMode("profile x /x {\n  deny /a r,\n}\n", mode)).toContain("\n  deny /a r,\n");
	});
});

describe("policy that cannot be read is refused with its place", () => {
	const cases: [string, number, number, RegExp][] = [
		["profile x /x {\n  /a r,\n", 1, 14, /never closed/],
		["profile x /x {\n}\n}\n", 3, 1, /without the "{"/],
		["profile x /x {\n  /a r\n}\n", 2, 3, /no "," ends/],
		['profile x /x {\n  "/a r,\n}\n', 2, 3, /quoted string/],
		["profile x /x {\n  /{a,b r,\n}\n", 2, 3, /alternation/],
		["profile x /x flags=(complain {\n}\n", 1, 14, /without its "\)"/],
		["profile {\n}\n", 1, 1, /without a name/],
		["profile x /x {\n \0\n}", 2, 2, /NUL/],
	];
	it.each(cases)("%j", (policy, line, column, reason) => {
		let thrown: unknown;
		try {
			readOutline(policy);
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toBeInstanceOf(PolicyError);
		expect(thrown).toMatchObject({ position: { line, column }, reason: expect.stringMatching(reason) });
	});

	it("whatever the text, nothing but a PolicyError is thrown", () => {
		const piece = fc.constantFrom(
			"profile x /x {",
			"}",
			"{",
			"(",
			")",
			",",
			'"',
			"\\",
			"\n",
			"#include",
			"deny ",
			"@{A}=",
			" /a r,",
			"flags=",
			"\0",
			"é",
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
				try {
					setMode(pieces.join(""), "complain");
				} catch (error) {
					expect(error).toBeInstanceOf(PolicyError);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it("a megabyte of opened braces and quotes takes no more than two seconds", () => {
		for (const hostile of ["{ ", "/{", '"a" ', "(((", "profile x { "]) {
			const start = performance.now();
			try {
				setMode(hostile.repeat(1_000_000 / hostile.length), "complain");
			} catch (error) {
				expect(error).toBeInstanceOf(PolicyError);
			}
			expect(performance.now() - start).toBeLessThan(2000);
		}
	});
});

it("reads the flags, name and attachment of a header", () => {
	const [profile] = readOutline('profile "my app" "/opt/my app/*" flags=(attach_disconnected,mediate_deleted) {\n}');
	expect(profile).toMatchObject({ kind: "profile", name: "my app", attachment: "/opt/my app/*" });
	expect(flagsOf("profile x flags=(attach_disconnected,\n  complain) {\n}")).toEqual([
		"attach_disconnected",
		"complain",
	]);
});
