import { describe, expect, it } from "vitest";
import type { Statement } from "../../src/policy/ast";
import { parsePolicy } from "../../src/policy/parse/parse";

/** What a statement says, without where it stands. */
function said(statement: Statement | undefined): unknown {
	return JSON.parse(
		JSON.stringify(statement, (key, value) =>
			["start", "end", "position", "header", "spaced", "qualifiers"].includes(key) ? undefined : value,
		),
	);
}

const statements = (text: string) => parsePolicy(text).statements;
const first = (text: string) => said(statements(text)[0]);

describe("rules", () => {
	const cases: [string, object][] = [
		["all,", { kind: "all" }],
		["/a r,", { kind: "file", path: "/a", permissions: ["r"] }],
		["/a mrwk,", { kind: "file", path: "/a", permissions: ["r", "w", "k", "m"] }],
		["/a RW,", { kind: "file", path: "/a", permissions: ["r", "w"] }],
		["rw /a,", { kind: "file", path: "/a", permissions: ["r", "w"] }],
		["file rw /a,", { kind: "file", path: "/a", permissions: ["r", "w"], keyword: true }],
		["file,", { kind: "file", permissions: [], keyword: true }],
		['"/a b" r,', { kind: "file", path: "/a b", permissions: ["r"] }],
		["/a\\ b r,", { kind: "file", path: "/a\\ b", permissions: ["r"] }],
		["/{usr/,}bin/[a,b] r,", { kind: "file", path: "/{usr/,}bin/[a,b]", permissions: ["r"] }],
		["/a,b r,", { kind: "file", path: "/a,b", permissions: ["r"] }],
		["@{HOME}/x r,", { kind: "file", path: "@{HOME}/x", permissions: ["r"] }],
		["@HOME/x r,", { kind: "file", path: "@HOME/x", permissions: ["r"] }],
		["@{HOME} r,", { kind: "file", path: "@{HOME}", permissions: ["r"] }],
		["foo rw,", { kind: "file", path: "foo", permissions: ["r", "w"] }],
		["/a\n  r\n,", { kind: "file", path: "/a", permissions: ["r"] }],
		["/a Pix,", { kind: "file", path: "/a", permissions: [], exec: "Pix" }],
		["/a pUx,", { kind: "file", path: "/a", permissions: [], exec: "pux" }],
		["/a Pux,", { kind: "file", path: "/a", permissions: [], exec: "PUx" }],
		["/a pIX,", { kind: "file", path: "/a", permissions: [], exec: "pix" }],
		["/a rx,", { kind: "file", path: "/a", permissions: ["r"], exec: "x" }],
		["/a xix,", { kind: "file", path: "/a", permissions: [], exec: "ix" }],
		["/a px -> b//c,", { kind: "file", path: "/a", permissions: [], exec: "px", target: "b//c" }],
		["unsafe /a px,", { kind: "file", path: "/a", permissions: [], exec: "px", safety: "unsafe" }],
		[
			"file safe px /a -> b,",
			{ kind: "file", path: "/a", permissions: [], exec: "px", target: "b", safety: "safe", keyword: true },
		],
		["/a l -> /b,", { kind: "file", path: "/a", permissions: ["l"], target: "/b" }],
		["rl /a -> /b,", { kind: "file", path: "/a", permissions: ["r", "l"], target: "/b", linkTarget: true }],
		["l subset /a -> /b,", { kind: "link", subset: true, path: "/a", target: "/b" }],
		["link subset /a -> /b,", { kind: "link", subset: true, path: "/a", target: "/b" }],
		["link /a -> /b,", { kind: "link", path: "/a", target: "/b" }],
		["capability,", { kind: "capability", capabilities: [] }],
		["capability chown\n kill,", { kind: "capability", capabilities: ["chown", "kill"] }],
		["capability no_such,", { kind: "capability", capabilities: ["no_such"] }],
		["change_profile,", { kind: "change_profile" }],
		["change_profile -> a,", { kind: "change_profile", target: "a" }],
		["change_profile -> unsafe,", { kind: "change_profile", target: "unsafe" }],
		["change_profile safe /a -> b,", { kind: "change_profile", safety: "safe", exec: "/a", target: "b" }],
		["network,", { kind: "network", permissions: [], local: [], peer: [] }],
		["network inet stream,", { kind: "network", permissions: [], domain: "inet", type: "stream", local: [], peer: [] }],
		["network inet tcp,", { kind: "network", permissions: [], domain: "inet", protocol: "tcp", local: [], peer: [] }],
		["network stream,", { kind: "network", permissions: [], type: "stream", local: [], peer: [] }],
		["network tcp,", { kind: "network", permissions: [], protocol: "tcp", local: [], peer: [] }],
		["network packet,", { kind: "network", permissions: [], domain: "packet", local: [], peer: [] }],
		[
			"network (send, receive) inet ip=10.0.0.1 port=3 peer=(ip=::1 port=(4)),",
			{
				kind: "network",
				permissions: ["send", "receive"],
				domain: "inet",
				local: [
					{ name: "ip", operator: "=", values: ["10.0.0.1"] },
					{ name: "port", operator: "=", values: ["3"] },
				],
				peer: [
					{ name: "ip", operator: "=", values: ["::1"] },
					{ name: "port", operator: "=", values: ["4"] },
				],
			},
		],
		[
			"network peer=(ip=none),",
			{
				kind: "network",
				permissions: [],
				local: [],
				peer: [{ name: "ip", operator: "=", values: ["none"] }],
			},
		],
		["mount,", { kind: "mount", operation: "mount", conditions: [] }],
		["mount -> /b,", { kind: "mount", operation: "mount", conditions: [], target: "/b" }],
		[
			'mount fstype=(ext3, ext4) options in (ro,noexec) option = rw "" -> "/b c",',
			{
				kind: "mount",
				operation: "mount",
				conditions: [
					{ name: "fstype", operator: "=", values: ["ext3", "ext4"] },
					{ name: "options", operator: "in", values: ["ro", "noexec"] },
					{ name: "option", operator: "=", values: ["rw"] },
				],
				source: "",
				target: "/b c",
			},
		],
		["remount /a,", { kind: "mount", operation: "remount", conditions: [], target: "/a" }],
		["unmount /a,", { kind: "mount", operation: "umount", conditions: [], target: "/a" }],
		["pivot_root,", { kind: "pivot_root" }],
		["pivot_root oldroot=/a /b -> c,", { kind: "pivot_root", oldRoot: "/a", newRoot: "/b", target: "c" }],
		["signal,", { kind: "signal", permissions: [], signals: [] }],
		["signal rw,", { kind: "signal", permissions: ["rw"], signals: [] }],
		[
			"signal (send) set=(hup, term) set=int peer=@{profile_name}//x,",
			{ kind: "signal", permissions: ["send"], signals: ["hup", "term", "int"], peer: "@{profile_name}//x" },
		],
		["ptrace (read trace) peer=a,", { kind: "ptrace", permissions: ["read", "trace"], peer: "a" }],
		[
			"unix (connect) type=stream addr=@a peer=(label=b addr=@c),",
			{
				kind: "unix",
				permissions: ["connect"],
				local: [
					{ name: "type", operator: "=", values: ["stream"] },
					{ name: "addr", operator: "=", values: ["@a"] },
				],
				peer: [
					{ name: "label", operator: "=", values: ["b"] },
					{ name: "addr", operator: "=", values: ["@c"] },
				],
			},
		],
		[
			"dbus send\n  bus=system\n  peer=(name=a,\n  label=(b)),",
			{
				kind: "dbus",
				permissions: ["send"],
				local: [{ name: "bus", operator: "=", values: ["system"] }],
				peer: [
					{ name: "name", operator: "=", values: ["a"] },
					{ name: "label", operator: "=", values: ["b"] },
				],
			},
		],
		[
			"mqueue create type=posix label=a /b,",
			{
				kind: "mqueue",
				permissions: ["create"],
				type: "posix",
				label: "a",
				name: "/b",
			},
		],
		["mqueue (r, w) 12,", { kind: "mqueue", permissions: ["r", "w"], name: "12" }],
		[
			"io_uring (sqpoll, override_creds) label=a,",
			{
				kind: "io_uring",
				permissions: ["sqpoll", "override_creds"],
				label: "a",
			},
		],
		["userns create,", { kind: "userns", permissions: ["create"] }],
		["userns,", { kind: "userns", permissions: [] }],
		["set rlimit nofile <= 1024,", { kind: "rlimit", resource: "nofile", value: "1024" }],
		["set rlimit fsize<=1 M,", { kind: "rlimit", resource: "fsize", value: "1M" }],
		["set rlimit nice <= -5,", { kind: "rlimit", resource: "nice", value: "-5" }],
		["set rlimit as <= infinity,", { kind: "rlimit", resource: "as", value: "infinity" }],
	];
	it.each(cases)("%s", (text, expected) => {
		expect(first(`${text}\n`)).toEqual(expected);
		expect(first(`profile x { ${text} }\n`)).toMatchObject({ body: [expected] });
	});
});

describe("qualifiers", () => {
	it.each([
		["/a r,", {}],
		["priority=-5 audit deny owner /a r,", { priority: -5, audit: true, access: "deny", owner: "owner" }],
		["priority = 1 /a r,", { priority: 1 }],
		["allow other /a r,", { access: "allow", owner: "other" }],
		["user /a r,", { owner: "owner" }],
		["prompt quiet /a r,", { access: "prompt", quiet: true }],
		["audit\n  deny # why\n  capability,", { audit: true, access: "deny" }],
	])("%s", (text, expected) => {
		const rule = statements(`${text}\n`).at(-1);
		expect(rule && "qualifiers" in rule && rule.qualifiers).toEqual(expected);
	});
});

describe("what stands before the profiles", () => {
	it.each<[string, object]>([
		["abi <abi/4.0>,", { kind: "abi", path: "abi/4.0", magic: true }],
		['abi "/etc/x",', { kind: "abi", path: "/etc/x" }],
		["include <tunables/global>", { kind: "include", path: "tunables/global", magic: true }],
		["#include <tunables/global>", { kind: "include", path: "tunables/global", magic: true }],
		["#includex", { kind: "include", path: "x" }],
		["include if exists < local/a b >", { kind: "include", path: "local/a b", magic: true, ifExists: true }],
		['#include if exists "/a"', { kind: "include", path: "/a", ifExists: true }],
		["@{a} = /b  '/c' \"/d e\"", { kind: "variable", name: "a", operator: "=", values: ["/b", "'/c'", "/d e"] }],
		["@{a}=/b \\\n  /c", { kind: "variable", name: "a", operator: "=", values: ["/b", "/c"] }],
		["@a += b,c", { kind: "variable", name: "a", operator: "+=", values: ["b,c"] }],
		["$a = true", { kind: "boolean", name: "a", value: true }],
		["$" + "{a}=FALSE", { kind: "boolean", name: "a", value: false }],
		["alias /a -> /b,", { kind: "alias", from: "/a", to: "/b" }],
		['rewrite "/a b" -> /c,', { kind: "alias", from: "/a b", to: "/c" }],
	])("%s", (text, expected) => {
		expect(first(`${text}\n`)).toEqual(expected);
	});
});

describe("blocks", () => {
	const profile = { kind: "profile", flags: [], xattrs: [], body: [] };
	it.each<[string, object]>([
		["/a {}", { ...profile, name: "/a" }],
		["profile a {}", { ...profile, keyword: true, name: "a" }],
		["profile a /b/* {}", { ...profile, keyword: true, name: "a", attachment: "/b/*" }],
		['profile "a b" "/c d" {}', { ...profile, keyword: true, name: "a b", attachment: "/c d" }],
		["profile a @{b} {}", { ...profile, keyword: true, name: "a", attachment: "@{b}" }],
		[":ns:a {}", { ...profile, namespace: "ns", name: "a" }],
		["profile :ns://a {}", { ...profile, keyword: true, namespace: "ns", name: "a" }],
		["^a {}", { ...profile, hat: true, name: "a" }],
		["hat a {}", { ...profile, hat: true, keyword: true, name: "a" }],
		["/a (complain, audit) {}", { ...profile, name: "/a", flags: ["complain", "audit"] }],
		["/a flags = ( complain\n  audit ){}", { ...profile, name: "/a", flags: ["complain", "audit"] }],
		[
			'/a xattrs=(user.b user.c="d e") flags=(kill) {}',
			{
				...profile,
				name: "/a",
				xattrs: [
					{ name: "user.b", value: "" },
					{ name: "user.c", value: "d e" },
				],
				flags: ["kill"],
			},
		],
		["deny {\n}", { kind: "block", body: [] }],
		["if $a {}", { kind: "conditional", condition: "$a", body: [] }],
		["if not  defined @{a} {}", { kind: "conditional", condition: "not defined @{a}", body: [] }],
		["if ($a or $b) and @{c} in d {}", { kind: "conditional", condition: "($a or $b) and @{c} in d", body: [] }],
		[
			"if $a {} else if $b {} else { all, }",
			{
				kind: "conditional",
				condition: "$a",
				body: [],
				otherwise: [{ kind: "conditional", condition: "$b", body: [], otherwise: [{ kind: "all" }] }],
			},
		],
	])("%s", (text, expected) => {
		expect(first(`${text}\n`)).toEqual(expected);
	});

	it("a header's parts have their places", () => {
		const text = 'profile "a" /b flags=(kill) {\n}\n^h {\n}\n';
		const places = statements(text).map(
			(each) => each.kind === "profile" && Object.values(each.header).map(({ start, end }) => text.slice(start, end)),
		);
		expect(places).toEqual([
			['"a"', "/b", "flags=(kill)"],
			["^h", ""],
		]);
	});
});

describe("comments and blank lines", () => {
	it("belong to the statement on their line, or have a line to themselves", () => {
		const text =
			"# first\n\n@{a} = /b # of a\nprofile x { # of x\n  # in x\n  /a r, # of /a\n\n  /b r,\n} # behind x\n";
		expect(statements(text)).toMatchObject([
			{ kind: "comment", text: "# first" },
			{ kind: "variable", comment: "# of a", spaced: true },
			{
				kind: "profile",
				comment: "# of x",
				body: [
					{ kind: "comment", text: "# in x" },
					{ kind: "file", comment: "# of /a" },
					{ kind: "file", spaced: true },
				],
			},
			{ kind: "comment", text: "# behind x" },
		]);
	});

	it("within a statement come before it", () => {
		const text = "profile x # one\n{\n  capability # two\n    chown, # three\n}\n";
		expect(statements(text)).toMatchObject([
			{ kind: "comment", text: "# one" },
			{
				kind: "profile",
				body: [
					{ kind: "comment", text: "# two" },
					{ kind: "capability", comment: "# three" },
				],
			},
		]);
	});
});

it("everything has its place", () => {
	const text = "profile x {\r\n  /a r,\r\n  audit deny\r\n    /b w,\r\n}\r\n";
	const [profile] = parsePolicy(text, { file: "f" }).statements;
	expect(profile).toMatchObject({
		start: 0,
		end: text.length - 2,
		position: { line: 1, column: 1 },
		file: "f",
		body: [
			{ position: { line: 2, column: 3 }, file: "f" },
			{ position: { line: 3, column: 3 }, start: text.indexOf("audit"), end: text.indexOf("w,") + 2 },
		],
	});
});
