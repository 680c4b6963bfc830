import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Profile } from "../../src/policy/ast";
import { attachmentOf, setAttachment } from "../../src/policy/edit-attachment";
import { setName } from "../../src/policy/edit-name";
import { PolicyErrors, parsePolicy } from "../../src/policy/parse/parse";

const profileOf = (policy: string) => parsePolicy(policy).statements.find((each) => each.kind === "profile") as Profile;

describe("setName", () => {
	const cases: [string, string, string][] = [
		["profile a /x {\n}\n", "b", "profile b /x {\n}\n"],
		["profile a {}\n", "my app", 'profile "my app" {}\n'],
		['profile "a b"   /x   {}\n', "c", "profile c   /x   {}\n"],
		["/usr/bin/x {\n}\n", "x", "profile x /usr/bin/x {\n}\n"],
		["/usr/bin/x flags=(complain) {\n}\n", "x", "profile x /usr/bin/x flags=(complain) {\n}\n"],
		["/usr/bin/x /usr/bin/y {}\n", "x", "profile x /usr/bin/y {}\n"],
		["profile :ns:a /x {}\n", "b", "profile :ns:b /x {}\n"],
		[":ns:/x {}\n", "b", "profile :ns:b /x {}\n"],
		["^a {}\n", "b", "^b {}\n"],
		["hat a {}\n", "b", "hat b {}\n"],
		["profile a {\n  signal peer=a,\n}\n", "b", "profile b {\n  signal peer=b,\n}\n"],
		['profile a {\n  ptrace  peer="a",\n}\n', "b", 'profile b {\n  ptrace  peer="b",\n}\n'],
		["profile a {\n  ptrace peer=a//c,\n}\n", "b c", 'profile "b c" {\n  ptrace peer="b c//c",\n}\n'],
		["profile a {\n  unix peer=(label=a addr=none),\n}\n", "b", "profile b {\n  unix peer=(label=b addr=none),\n}\n"],
		["profile a {\n  dbus peer=(name=a label=a),\n}\n", "b", "profile b {\n  dbus peer=(name=a label=b),\n}\n"],
		["profile a {\n  change_profile -> a//c,\n}\n", "b", "profile b {\n  change_profile -> b//c,\n}\n"],
		["profile a {\n  /x px -> a//c,\n  /y px -> ab,\n}\n", "b", "profile b {\n  /x px -> b//c,\n  /y px -> ab,\n}\n"],
		["profile a {\n  pivot_root /a -> a,\n}\n", "b", "profile b {\n  pivot_root /a -> b,\n}\n"],
		["profile a {\n  mqueue label=a /a,\n}\n", "b", "profile b {\n  mqueue label=b /a,\n}\n"],
		["profile :n:a {\n  signal peer=:n:a,\n}\n", "b", "profile :n:b {\n  signal peer=:n:b,\n}\n"],
	];
	it.each(cases)("%j to %s", (policy, name, expected) => {
		expect(setName(policy, name)).toBe(expected);
	});

	it.each([
		"  /x cx -> a,",
		"  l /x -> a,",
		"  link /a -> a,",
		"  signal peer=aa,",
		"  signal peer=b//a,",
		"  # signal peer=a,",
		"  unix addr=a,",
		"  dbus path=a,",
		"  profile a {\n  }",
		"  ^a {\n  }",
	])("leaves %j, which names something else", (rule) => {
		expect(setName(`profile a {\n${rule}\n}\n`, "b")).toBe(`profile b {\n${rule}\n}\n`);
	});

	it("gives any name that a profile can have", () => {
		const name = fc
			.string({ unit: fc.constantFrom("a", " ", "/", ",", "{", "(", '\\"', "#", "é"), minLength: 1 })
			.filter((each) => !/^[:&]/.test(each));
		fc.assert(
			fc.property(name, (to) => {
				const renamed = setName("profile a /x {\n  signal peer=a,\n}\n", to);
				const profile = profileOf(renamed);
				expect(profile.name).toBe(to);
				expect(profile.body).toMatchObject([{ kind: "signal", peer: to }]);
			}),
		);
	});
});

describe("setAttachment", () => {
	const cases: [string, string | undefined, string][] = [
		["profile a /x {\n}\n", "/y", "profile a /y {\n}\n"],
		["profile a /x {\n}\n", "/y z", 'profile a "/y z" {\n}\n'],
		["profile a /x {\n}\n", undefined, "profile a {\n}\n"],
		["profile a  /x flags=(complain) {\n}\n", undefined, "profile a flags=(complain) {\n}\n"],
		["profile a {\n}\n", "/x", "profile a /x {\n}\n"],
		["profile a flags=(complain) {\n}\n", "@{bin}/x", "profile a @{bin}/x flags=(complain) {\n}\n"],
		["profile a {\n}\n", undefined, "profile a {\n}\n"],
		["/x {\n}\n", "/x", "/x {\n}\n"],
		["/x {\n}\n", "/y", "profile /x /y {\n}\n"],
		["profile a /x {\n  profile c /z {\n  }\n}\n", "/y", "profile a /y {\n  profile c /z {\n  }\n}\n"],
	];
	it.each(cases)("%j to %s", (policy, attachment, expected) => {
		const changed = setAttachment(policy, attachment);
		expect(changed).toBe(expected);
		expect(attachmentOf(profileOf(changed))).toBe(attachment);
	});

	it("cannot detach a profile that its name attaches", () => {
		expect(() => setAttachment("/x {\n}\n", undefined)).toThrow(
			/the profile is named by the path "\/x", which attaches it/,
		);
	});
});

describe.each([
	["setName", (policy: string) => setName(policy, "z")],
	["setAttachment", (policy: string) => setAttachment(policy, "/z")],
])("%s", (_, edit) => {
	it("refuses a policy without a profile, with two, and one that cannot be read", () => {
		expect(() => edit("# nothing\n")).toThrow("line 1, column 1: the policy declares no profile");
		expect(() => edit("profile a {\n}\nprofile b {\n}\n")).toThrow(
			'line 3, column 1: a second profile, "b", where the policy can have only one',
		);
		expect(() => edit("profile a {\n")).toThrow(PolicyErrors);
	});
});
