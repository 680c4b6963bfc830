import { describe, expect, it } from "vitest";
import { Mode, setMode } from "../../src/policy/mode";
import { PolicyErrors, parsePolicy } from "../../src/policy/parse/parse";

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
		["profile x (kill){\n}", "complain", "profile x flags=(complain){\n}"],
		["/usr/bin/x {\n}", "complain", "/usr/bin/x flags=(complain) {\n}"],
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
		const [profile] = parsePolicy(complain).statements;
		const kinds = profile?.kind === "profile" ? profile.body.map(({ kind }) => kind) : [];
		expect(kinds.filter((kind) => kind !== "comment")).toEqual(["file"]);
		expect(complain.split("\n")).toHaveLength(policy.split("\n").length);
		expect(complain).toContain("\n  /after r,\n");
		expect(complain).toContain("# not in complain mode: ");
	});

	it("in conditionals, too", () => {
		const policy = "$a = true\nprofile x {\n  if $a {\n    deny /a r,\n  } else {\n    deny /b r,\n  }\n}\n";
		expect(setMode(policy, "complain")).toBe(
			"$a = true\nprofile x flags=(complain) {\n  if $a {\n    # not in complain mode: deny /a r,\n  } else {\n" +
				"    # not in complain mode: deny /b r,\n  }\n}\n",
		);
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

it("refuses a policy that cannot be read", () => {
	expect(() => setMode("profile x {\n  /a r\n  /b w\n}\n", "complain")).toThrow(PolicyErrors);
});
