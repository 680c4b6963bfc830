import { describe, expect, it } from "vitest";
import { PolicyErrors, parsePolicy, readPolicy } from "../../src/policy/parse/parse";

const errorsOf = (text: string) => readPolicy(text).errors.map(({ message }) => message);

describe("says what was found, what was expected, and where", () => {
	it.each([
		["profile x {\n  /a r,\n", 'line 1, column 11: a block "{" that is never closed with "}"'],
		["profile x {\n}\n}\n", 'line 3, column 1: a "}" without the "{" that it would close'],
		["profile x {\n  /a r\n}\n", 'line 2, column 7: expected "," at the end of the rule, found "}"'],
		["profile x {\n  /a r /b w,\n}\n", 'line 2, column 8: expected "," at the end of the rule, found "/b"'],
		[
			"profile x {\n  /a all,\n}\n",
			'line 2, column 6: expected permissions, such as "r", behind the path "/a", found "all"',
		],
		['profile x {\n  "/a r,\n}\n', "line 2, column 3: a quoted string that never ends"],
		['profile x {\n  "/a r,\n  "/b" r,\n}\n', "line 2, column 3: a quoted string that does not end on its line"],
		["profile x flags=(complain {\n}\n", 'line 1, column 11: "flags=(" without its ")"'],
		["profile x flags=() {\n}\n", 'line 1, column 11: "flags=()" names no flag; leave it out'],
		["profile x flags=complain {\n}\n", 'line 1, column 17: expected "(" behind "flags=", found "complain"'],
		[
			"profile x flags=(kill) xattrs=(a=b) {\n}\n",
			'line 1, column 24: expected "{"; "xattrs=(…)" stands before "flags=(…)", found "xattrs="',
		],
		["profile {\n}\n", 'line 1, column 1: a "profile" block without a name'],
		[
			"profile x{\n}\n",
			'line 1, column 11: expected "{" behind the profile\'s header; in "x{" it is part of the word: put a blank before it, found "}"',
		],
		["x {\n}\n", 'line 1, column 1: a profile whose name is no path begins with "profile", as in "profile x {"'],
		[
			"/x {\n  /y {\n  }\n}\n",
			'line 2, column 3: a child profile has to begin with "profile", as in "profile NAME PATH {"',
		],
		[
			"profile x y {\n}\n",
			'line 1, column 11: expected a path that the profile attaches to, "flags=(…)" or "{", found "y"',
		],
		["profile :ns {\n}\n", 'line 1, column 9: the namespace in ":ns" does not end with ":"'],
		["^a xattrs=(b=c) {\n}\n", "line 1, column 1: a hat with xattrs, which it cannot have"],
		["fil /a r,\n", 'line 1, column 1: "fil" is no rule, no qualifier and no path'],
		["/a,\n", 'line 1, column 3: expected permissions, such as "r", behind the path "/a", found ","'],
		["audit /a rz,\n", 'line 1, column 10: expected permissions, such as "r", behind the path "/a", found "rz"'],
		[
			"audit /a,rw,\n",
			'line 1, column 12: expected permissions behind "/a,rw" (a comma in a path is part of it), found ","',
		],
		["/a pxix,\n", 'line 1, column 4: "pxix" allows the execution both as "px" and as "ix"; choose one'],
		["unsafe /a r,\n", 'line 1, column 1: "unsafe" on a rule that allows no execution'],
		["rl subset /a -> /b,\n", 'line 1, column 4: "subset" behind "rl", where only "l" can stand before it'],
		[
			"owner deny /a r,\n",
			'line 1, column 7: "deny" in the wrong place: qualifiers stand as in "priority=1 audit deny owner", each once',
		],
		["priority=1 {\n}\n", 'line 1, column 1: "priority" on a block, which cannot have one'],
		["audit set rlimit cpu <= 1,\n", 'line 1, column 1: qualifiers before "set rlimit", which has none'],
		["set rlimit cpu 1,\n", 'line 1, column 16: expected "<=" behind "cpu", found "1"'],
		["signal peer=(a),\n", 'line 1, column 8: expected "," at the end of the rule, found "peer="'],
		["signal foo=a,\n", 'line 1, column 8: "signal" has no condition "foo"; it has set and peer'],
		[
			"ptrace peer=a peer=b,\n",
			'line 1, column 8: more than one "peer" in a rule for "ptrace", which can have one; write a rule for each',
		],
		["mqueue type in (posix),\n", 'line 1, column 8: "mqueue" has no "type in (…)"; write type=posix'],
		["dbus bus=,\n", 'line 1, column 10: expected a value behind "bus=", found ","'],
		["dbus path=(),\n", 'line 1, column 12: an empty list "()"; leave the condition out or name a value'],
		["dbus (send\n", 'line 1, column 11: expected a value or ")", found the end of the text'],
		[
			"mount /a -> options=ro /b,\n",
			'line 1, column 13: conditions behind "->", which apparmor_parser does not support; write them before the source',
		],
		["change_profile unsafe -> a,\n", 'line 1, column 16: "unsafe" without the path of a program behind it'],
		["link /a,\n", 'line 1, column 8: expected "->" and the link\'s target, found ","'],
		["if $a /b r,\n", 'line 1, column 7: expected "{" behind the condition, found "/b"'],
		["else {\n}\n", 'line 1, column 1: "else" without the "if" that it would belong to'],
		["profile x {\n  @{a} = b\n}\n", "line 2, column 3: a variable in a block; it stands before the profiles"],
		["profile x {\n}\nalias /a -> /b,\n", "line 3, column 1: an alias behind a profile; it stands before the profiles"],
		["@{a} =\n", "line 1, column 7: expected a value for @{a} on its line, found the end of the line"],
		["@{a} = b,\n", 'line 1, column 9: a "," in a variable\'s values, which only blanks separate'],
		["@{a} ?= b\n", 'line 1, column 1: "?=", which only AppArmor 5.0 knows; use "=" or "+="'],
		["$a = maybe\n", 'line 1, column 1: $a is set to "maybe"; it can be true or false'],
		["include <>\n", 'line 1, column 9: expected a file, such as <abstractions/base>, behind "include", found "<>"'],
		["include <a>,\n", 'line 1, column 12: a "," behind an include, which ends without one'],
		["abi <abi/4.0>\n", 'line 1, column 14: expected "," behind the abi, found the end of the text'],
		[
			"# c",
			"line 1, column 1: a comment that no line end ends, which apparmor_parser refuses; end the text with a line end",
		],
		[
			"\uFEFF# c\n",
			"line 1, column 1: a byte order mark, which apparmor_parser refuses; save the text as UTF-8 without one",
		],
		["# a\n # \0\n", "line 2, column 4: a NUL byte, which no policy may contain"],
		[
			"network inet\r\n stream,\n",
			"line 1, column 13: a carriage return that apparmor_parser takes for a part of the word before it",
		],
		["/a r,\r/b r,\n", "line 1, column 6: expected a path, found a carriage return"],
	])("%j", (text, message) => {
		expect(errorsOf(text)).toEqual([message]);
	});
});

describe("goes on behind an error", () => {
	it("and finds the others, each in its place", () => {
		const text = `@{a} = b, c
profile x {
  /a r
  capability chown
  /c rz,
  network inet inet stream,
  profile y z {
    /d,
    /e r,
  }
  dbus send
    bus=system
    foo,
  /f r /g r,
}
profile z /z flags=(kill {
  /h r
}
`;
		expect(errorsOf(text)).toEqual([
			'line 1, column 9: a "," in a variable\'s values, which only blanks separate',
			'line 3, column 7: expected "," at the end of the rule, found "capability"',
			'line 4, column 19: expected "," at the end of the rule, found "/c"',
			'line 5, column 6: expected permissions, such as "r", behind the path "/c", found "rz"',
			'line 6, column 21: expected "," at the end of the rule, found "stream"',
			'line 7, column 13: expected a path that the profile attaches to, "flags=(…)" or "{", found "z"',
			'line 8, column 7: expected permissions, such as "r", behind the path "/d", found ","',
			'line 12, column 15: expected "," at the end of the rule, found "foo"',
			'line 14, column 8: expected "," at the end of the rule, found "/g"',
			'line 16, column 14: "flags=(" without its ")"',
			'line 17, column 7: expected "," at the end of the rule, found "}"',
		]);
	});

	it("and keeps what can be read", () => {
		const { policy } = readPolicy("profile x {\n  /a r,\n  /b rz,\n  /c r,\n}\n");
		expect(policy.statements).toMatchObject([{ kind: "profile", body: [{ path: "/a" }, { path: "/c" }] }]);
	});

	it("but not without end", () => {
		expect(errorsOf("foo,\n".repeat(1000))).toHaveLength(100);
	});
});

it("throws them all as one error, with the file's name", () => {
	let thrown: unknown;
	try {
		parsePolicy("foo,\nbar,\n", { file: "profiles/x" });
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toBeInstanceOf(PolicyErrors);
	expect((thrown as PolicyErrors).errors).toMatchObject([
		{ position: { line: 1, column: 1 }, file: "profiles/x", code: "syntax" },
		{ position: { line: 2, column: 1 }, file: "profiles/x", code: "syntax" },
	]);
	expect((thrown as PolicyErrors).message).toBe(
		'profiles/x, line 1, column 1: "foo" is no rule, no qualifier and no path\n' +
			'profiles/x, line 2, column 1: "bar" is no rule, no qualifier and no path',
	);
});
