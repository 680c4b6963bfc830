import { describe, expect, it } from "vitest";
import type { Statement } from "../../src/policy/ast";
import { parsePolicy } from "../../src/policy/parse/parse";
import { printPolicy, printStatement } from "../../src/policy/print/print";

const reprinted = (text: string) => printPolicy(parsePolicy(text));

describe("the style is AppArmor's own", () => {
	it.each([
		["/a   rm,", "/a mr,"],
		["/a klawrm,", "/a mrwalk,"],
		["rw /a,", "/a rw,"],
		["file /a rmPIx  ->  b ,", "file /a mrPix -> b,"],
		["file unsafe /a px,", "file unsafe /a px,"],
		["rl /a -> /b,", "rl /a -> /b,"],
		["/a l -> /b,", "/a l -> /b,"],
		['"/a" r,', "/a r,"],
		['"/a b" r,', '"/a b" r,'],
		["/a\\ b r,", "/a\\ b r,"],
		['"/a," r,', '"/a," r,'],
		['"/a{b,c}" r,', "/a{b,c} r,"],
		['"@{a}" r,', "@{a} r,"],
		["user /a r,", "owner /a r,"],
		["priority = 2 audit deny owner /a r,", "priority=2 audit deny owner /a r,"],
		["dbus ( send  receive ) bus = system,", "dbus (send, receive) bus=system,"],
		["dbus (send) path=(/a),", "dbus send path=/a,"],
		['dbus peer=( name = a, label = "b c" ),', 'dbus peer=(name=a label="b c"),'],
		["network send inet,", "network (send) inet,"],
		["unix (connect,) type=stream,", "unix (connect) type=stream,"],
		['signal set=("hup" term) peer="a",', "signal set=(hup, term) peer=a,"],
		["mount options in ( ro noexec ) fstype=(a) /b -> /c,", "mount options in (ro, noexec) fstype=a /b -> /c,"],
		['mount "" -> "",', 'mount "" -> "",'],
		["unmount /a,", "umount /a,"],
		["set rlimit fsize <= 1 M,", "set rlimit fsize <= 1M,"],
		["mqueue (create) 12,", "mqueue create 12,"],
		['include if exists "local/x"', 'include if exists "local/x"'],
		["#include <a b>", "include <a b>"],
		['@{a}=/b   "/c d" "/e"', '@{a} = /b "/c d" /e'],
		['@{a} = "#b" "\\"c"', '@{a} = "#b" \\"c'],
		["$a=TRUE", "$a = true"],
		["rewrite /a -> /b,", "alias /a -> /b,"],
	])("%s", (text, expected) => {
		expect(reprinted(`${text}\n`)).toBe(`${expected}\n`);
		expect(reprinted(`${expected}\n`)).toBe(`${expected}\n`);
	});

	it("in blocks, with comments and blank lines", () => {
		const untidy = `# head
#include <tunables/global>


profile "x" "/usr/bin/x" (complain  attach_disconnected) { # why
\t# first

\t/a   r,   # of a
    if  $a   {
/b r,
}
else if not defined @{c} { # of c
  /c r, } else {   # other
  ^h { }
  }
 deny { /d w,
 }
  hat g flags=(kill) {} # behind
  } `;
		expect(reprinted(untidy)).toBe(`# head
include <tunables/global>

profile x /usr/bin/x flags=(complain, attach_disconnected) { # why
  # first

  /a r, # of a
  if $a {
    /b r,
  } else if not defined @{c} { # of c
    /c r,
  } else {
    # other
    ^h {
    }
  }
  deny {
    /d w,
  }
  hat g flags=(kill) {
  }
  # behind
}
`);
	});

	it("headers", () => {
		for (const header of ["/a", "profile a", "profile :ns:a /b", ":ns:a", 'profile "a b" xattrs=(user.c user.d=e)'])
			expect(reprinted(`${header} {}\n`)).toBe(`${header} {\n}\n`);
	});
});

describe("nothing in a tree can become another statement", () => {
	const place = { start: 0, end: 0, position: { line: 1, column: 1 } };
	const file = (path: string): Statement => ({ ...place, kind: "file", path, permissions: ["r"], qualifiers: {} });
	it.each<[Statement, string]>([
		[file("/a r,\n/b"), '"/a r,\n/b" r,'],
		[file('/a" rw, "/b'), '"/a\\" rw, \\"/b" r,'],
		[file("/a\\"), "/a\\134 r,"],
		[file("/a b\\\\"), '"/a b\\134" r,'],
		[file("/a b\\\\\\"), '"/a b\\\\\\134" r,'],
		[file("/a#include <b>"), '"/a#include <b>" r,'],
		[{ ...place, kind: "comment", text: "#include <a>" }, "# include <a>"],
		[{ ...place, kind: "comment", text: "# a\n/b rw," }, "# a\n#/b rw,"],
		[{ ...file("/a"), comment: "#include <b>\n/c rw," }, "/a r, # include <b> #/c rw,"],
	])("%j", (statement, expected) => {
		expect(printStatement(statement)).toBe(expected);
		const read = parsePolicy(`${expected}\n`).statements;
		expect(new Set(read.map(({ kind }) => kind))).toEqual(new Set([statement.kind]));
	});
});

it("no statements are no text", () => {
	expect(printPolicy({ statements: [] })).toBe("");
});
