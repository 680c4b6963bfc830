import { describe, expect, it } from "vitest";
import { setMode } from "../../src/policy/mode";
import { PolicyErrors, parsePolicy, readPolicy } from "../../src/policy/parse/parse";
import { printPolicy } from "../../src/policy/print/print";

/** Processor seconds of this process, which other processes on the machine do not lengthen as they do wall time. */
function secondsOf(work: () => void): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1e6;
}

const repeated = (text: string, length: number) => text.repeat(Math.ceil(length / text.length));

describe("a megabyte of one thing takes less than two seconds", () => {
	it.each([
		...["{ ", "/{", '"a" ', '"', '\\"', "(((", "}", ",", "\\", "\n", "\r", " ", "#", "{,", "{a,b}", "é", "\u{1F600}"],
		...[
			"profile x { ",
			"profile x flags=(",
			"hat ",
			"^",
			":",
			"&",
			"if $a { ",
			"if not ",
			"if (",
			"} else ",
			"deny { ",
		],
		...["#include ", "#include x\n", "include <", 'include "', "@{a}", "@{a}=", "@{", "$a=", "alias "],
		...["/a r,\n", "/a r, ", "/a\n", "/a # c\n", "/a\\", "/a,", "a", "r", "px", "owner ", "priority=1 ", "-> "],
		...["dbus (", "dbus a=(", "dbus peer=(", "dbus a=b ", "network a ", "mount ", "a=", "a  in", "set rlimit "],
	])(
		"%j",
		(unit) => {
			for (const before of ["", "profile x {\n  /a r "]) {
				const text = before + repeated(unit, 1_000_000);
				const seconds = secondsOf(() => {
					const { policy } = readPolicy(text);
					printPolicy(policy);
				});
				expect(seconds).toBeLessThan(2);
			}
		},
		60_000,
	);
});

it("reads a pattern of five megabytes", () => {
	const policy = `profile x {\n  /${repeated("{a,b}*", 5_000_000)} r,\n}\n`;
	expect(secondsOf(() => expect(printPolicy(parsePolicy(policy)) === policy).toBe(true))).toBeLessThan(2);
}, 60_000);

it("reads ten thousand rules", () => {
	const rules = Array.from({ length: 10_000 }, (_, index) => `  owner /srv/${index}/** rw, # of ${index}`);
	const policy = `profile x {\n${rules.join("\n")}\n}\n`;
	expect(secondsOf(() => expect(printPolicy(parsePolicy(policy)) === policy).toBe(true))).toBeLessThan(2);
	expect(setMode(policy, "complain").split("\n")).toHaveLength(10_003);
}, 60_000);

it("reads blocks 250 deep, and no deeper", () => {
	const nested = (depth: number) => `${"{\n".repeat(depth)}${"}\n".repeat(depth)}`;
	expect(() => parsePolicy(nested(250))).not.toThrow();
	expect(readPolicy(nested(251)).errors.map(({ message }) => message)).toEqual([
		"line 251, column 1: blocks within blocks, more than 250 deep",
	]);
	expect(() => parsePolicy(nested(100_000))).toThrow(PolicyErrors);
	const chain = `if $a {\n}${" else if $a {\n}".repeat(100_000)}\n`;
	expect(() => parsePolicy(chain)).toThrow(/more than 250 deep/);
});

it("keeps what was no UTF-8 when the text was read", () => {
	const text = Buffer.from([0x2f, 0xff, 0x20, 0x72, 0x2c, 0x0a]).toString();
	expect(printPolicy(parsePolicy(text))).toBe("/\uFFFD r,\n");
});

it("line ends of either kind mean the same", () => {
	const unix = "# c\n@{a} = b\nprofile x {\n  # d\n  /a r, # e\n  dbus send\n    bus=system,\n  include <f>\n}\n";
	expect(printPolicy(parsePolicy(unix.replaceAll("send\n", "send \n").replaceAll("\n", "\r\n")))).toBe(
		printPolicy(parsePolicy(unix)),
	);
});
