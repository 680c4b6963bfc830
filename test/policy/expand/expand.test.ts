import { describe, expect, it } from "vitest";
import { expandPolicy } from "../../../src/policy/expand/expand";
import type { IncludeReader } from "../../../src/policy/expand/expanded";
import { parsePolicy } from "../../../src/policy/parse/parse";
import type { Rule } from "../../../src/policy/rules";

/** Includes from texts; a name that ends with a slash is a folder's. */
function reader(files: Record<string, string>): IncludeReader {
	return (path) => {
		const found = Object.entries(files).filter(([name]) => name === path || name.startsWith(`${path}/`));
		return found.length === 0 ? undefined : found.map(([file, text]) => ({ file, text }));
	};
}

function expand(text: string, files?: Record<string, string>) {
	const { expanded, errors } = expandPolicy(parsePolicy(text), { include: files && reader(files) });
	return {
		profiles: expanded.profiles.map(({ name, attachment, rules }) => ({ name, attachment, rules: rules.map(shown) })),
		errors: errors.map(({ code, file, position }) => [code, file, position.line]),
	};
}

function shown(rule: Rule): string {
	const qualifiers = Object.entries(rule.qualifiers).map(([name, value]) => (value === true ? name : value));
	const content = rule.kind === "file" ? `${rule.path} ${rule.permissions.join("")}${rule.exec ?? ""}` : rule.kind;
	return [...qualifiers, content].join(" ");
}

function rulesOf(text: string, files?: Record<string, string>): string[] {
	const { profiles, errors } = expand(text, files);
	expect(errors).toEqual([]);
	return profiles[0]?.rules ?? [];
}

describe("expandPolicy: includes", () => {
	it("puts them in their place, with the variables that they set", () => {
		const files = { "tunables/global": "@{dir} = /srv\n", "abstractions/base": "/etc/ld.so.cache r,\n" };
		const text = "include <tunables/global>\nprofile a {\n  include <abstractions/base>\n  @{dir}/x rw,\n}\n";
		expect(rulesOf(text, files)).toEqual(["/etc/ld.so.cache r", "/srv/x rw"]);
	});

	it("takes a folder's files in order, without what editors and package managers leave behind", () => {
		const files = {
			"local/b": "/b r,",
			"local/a": "/a r,",
			"local/a.dpkg-new": "/c r,",
			"local/.x": "/d r,",
			"local/e~": "/e r,",
		};
		expect(rulesOf("profile a { include <local> }", files)).toEqual(["/a r", "/b r"]);
	});

	it("takes a file once a block", () => {
		const text = "profile a { include <x> include <x> profile b { include <x> } }";
		expect(
			expand(text, { x: "/x r,\n" }).profiles.map(({ rules }) => rules.filter((rule) => rule.startsWith("/x"))),
		).toEqual([["/x r"], ["/x r"]]);
	});

	it("says which is missing, unless it may be, and in which file", () => {
		const text = "profile a {\n  include <x>\n  include if exists <y>\n}\n";
		expect(expand(text, { x: "/x r,\ninclude <z>\n" }).errors).toEqual([["missing-include", "x", 2]]);
	});

	it("ends where they include each other through child profiles", () => {
		expect(
			expand("profile a { include <x> }", { x: "profile b { include <x> }\n" }).errors.map(([code]) => code),
		).toEqual(["include-loop"]);
	});

	it("leaves them out and says so without a reader", () => {
		expect(expand("include <x>\nprofile a { /a r, }").errors).toEqual([["include-not-read", undefined, 1]]);
	});
});

describe("expandPolicy: conditionals", () => {
	it("takes the branch that holds", () => {
		const text = (value: string) =>
			`$fast = ${value}\nprofile a { if $fast { /a r, } else if not defined @{x} { /b r, } else { /c r, } }`;
		expect(rulesOf(text("true"))).toEqual(["/a r"]);
		expect(rulesOf(text("false"))).toEqual(["/b r"]);
		expect(rulesOf(`@{x} = y\n${text("false")}`)).toEqual(["/c r"]);
	});

	it("says that a boolean is not set", () => {
		expect(expand("profile a { if $nope { /a r, } }").errors).toEqual([["undefined-boolean", undefined, 1]]);
	});

	it("loses limits in them, as apparmor_parser does", () => {
		expect(rulesOf("$x = true\nprofile a { if $x { set rlimit nofile <= 3, /a r, } }")).toEqual(["/a r"]);
	});
});

describe("expandPolicy: blocks", () => {
	it("gives their qualifiers to the rules about files, and loses the others, as apparmor_parser does", () => {
		expect(rulesOf("profile a { owner { /a r, capability chown, } audit deny { /b w, } }")).toEqual([
			"owner /a r",
			"audit deny /b w",
		]);
	});

	it("forgets the deny of a rule in a block that does not deny, as apparmor_parser 4.1 does", () => {
		expect(rulesOf("profile a { owner { deny /a r, } }")).toEqual(["audit owner /a r"]);
		expect(rulesOf("profile a { deny { deny /a r, } }")).toEqual(["deny /a r"]);
	});
});

describe("expandPolicy: names", () => {
	it("gives children and hats their parents' names", () => {
		const names = expand("profile :ns:a { profile b { ^c { /c r, } } }").profiles.map(({ name }) => name);
		expect(names).toEqual([":ns://a", ":ns://a//b", ":ns://a//b//c"]);
	});

	it("attaches a profile to its path, the alias of it too", () => {
		expect(expand("alias /usr/ -> /opt/,\n/usr/bin/x { }").profiles[0]?.attachment).toBe("{/usr/bin/x,/opt/bin/x}");
		expect(expand("profile x /usr//bin/y { }").profiles[0]?.attachment).toBe("/usr/bin/y");
		expect(expand("profile x { }").profiles[0]?.attachment).toBeUndefined();
	});

	it("knows a profile's own name in its rules, as a name and not a pattern", () => {
		expect(rulesOf("profile a*b { /run/@{profile_name} r, }")).toEqual(["/run/a\\*b r"]);
	});

	it("refuses a name that stands twice beside each other", () => {
		expect(expand("profile a { }\nprofile a { }").errors).toEqual([["duplicate-profile", undefined, 2]]);
		expect(expand("profile a { profile b { } }\nprofile b { }").errors).toEqual([]);
	});
});

describe("expandPolicy: rules", () => {
	it("adds those that aliases make, once", () => {
		const text = "alias /a/ -> /b/,\nalias /b/ -> /c/,\nprofile x { /a/f r, }";
		expect(rulesOf(text)).toEqual(["/a/f r", "/b/f r"]);
	});

	it("adds the files by which a process changes its profile or hat", () => {
		expect(rulesOf("profile x { change_profile -> y, }")).toEqual([
			"change_profile",
			"owner /proc/*/attr/apparmor/ r",
			"owner /sys/module/apparmor/parameters/enabled r",
			"owner /proc/*/attr/{apparmor/,}{current,exec} w",
		]);
	});

	it("has every run of slashes in a path as one, and leaves two at its start", () => {
		expect(rulesOf("profile x { /a//b///c r, //d r, }")).toEqual(["/a/b/c r", "//d r"]);
	});

	it("names the place of a variable that is not set, and goes on with the reference as text", () => {
		expect(expand("profile x {\n  /@{nope}/a r,\n}")).toMatchObject({
			errors: [["undefined-variable", undefined, 2]],
			profiles: [{ rules: ["/@\\{nope\\}/a r"] }],
		});
	});
});
