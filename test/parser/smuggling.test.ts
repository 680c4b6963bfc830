import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/audit/event";
import { formatProfile } from "../../src/audit/suggest/format/profile";
import { suggestRules } from "../../src/audit/suggest/suggest";
import { releasesUnderTest } from "../e2e/releases";
import { type DebianParser, parserOf } from "./debian-parser";

/** File names that would say something else to the parser if they stood in a rule as they are. */
const hostileNames = [
	"/tmp/a b",
	"/tmp/ leading",
	"/tmp/trailing ",
	"/tmp/new\nline",
	"/tmp/x r,\n  /** rwix,\n  /y",
	"/tmp/tab\tand\rreturn",
	'/tmp/quo"te',
	'/tmp/end" rw, "/etc/shadow',
	"/tmp/comma,",
	"/tmp/a,b, c",
	"/tmp/{a,b}",
	"/tmp/}{",
	"/tmp/}\n}\nprofile evil {",
	"/tmp/*",
	"/tmp/**",
	"/tmp/a?",
	"/tmp/[a-z]",
	"/tmp/[^a]",
	"/tmp/]",
	"/tmp/^",
	"/tmp/@{HOME}",
	"/tmp/@{PROC}/1/mem",
	"/tmp/$fast",
	"/tmp/#include <abstractions/base>",
	"/#include <abstractions/base>",
	"/tmp/# comment",
	"/tmp/back\\slash",
	"/tmp/back\\\\",
	"/tmp/ends with \\",
	"/tmp/\\052",
	"/tmp/\\x2a",
	"/tmp/(a|b)+.$",
	"/tmp/a -> b",
	"/tmp/!x",
	"/tmp/=x",
	"/tmp/ümläut/日本語/🎉",
	"/tmp/\u0001\u001b[31m\u007f",
	"/tmp/invalid\udcff\udc80utf8",
	"/tmp/x.Ab12Cd\n/** w,",
];

const nameArbitrary = fc
	.array(
		fc.oneof(
			fc.constantFrom(..."{}[]*?^\"\\,#@$!=()<>-&: \n\t\r/.'`~;|+%a0"),
			fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)),
			fc.constantFrom("@{HOME}", "#include", "//null-", "ü", "\\052", "**", "->"),
		),
		{ minLength: 1, maxLength: 24 },
	)
	// The kernel gives no empty components, and what ends in a slash is a folder.
	.map((parts) => `/t/${parts.join("").replace(/\/+/g, "/").replace(/^\//, "")}`);

/** The bytes of a name as the kernel has it. */
function bytesOf(name: string): number[] {
	return [...name].flatMap((character) => {
		const code = character.codePointAt(0) as number;
		return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...Buffer.from(character)];
	});
}

/** The name with every byte but the slashes in octal: nothing in it can mean anything to the parser. */
const octal = (name: string): string =>
	bytesOf(name)
		.map((byte) => (byte === 0x2f ? "/" : `\\${byte.toString(8).padStart(3, "0")}`))
		.join("");

function proposed(events: AuditEvent[]): string {
	return formatProfile(suggestRules(events, { generalise: false }), { dangerous: "write" });
}

const openOf = (name: string): AuditEvent => ({
	event: "DENIED",
	operation: "open",
	profile: "p",
	name,
	denied_mask: "r",
	requested_mask: "r",
	fsuid: 0,
	ouid: 1,
});

describe.each(releasesUnderTest)("names in rules that %s's parser reads", (release) => {
	let parser: DebianParser;
	beforeAll(async () => {
		parser = await parserOf(release);
	});

	it.each(hostileNames)("a file named %j is that file and no other", async (name) => {
		const expected = await parser.compile(`profile p {\n  "${octal(name)}" r,\n}\n`);
		expect((await parser.compile(proposed([openOf(name)]))).equals(expected)).toBe(true);
	});

	it("random names, a hundred in one policy, are those files and no others", async () => {
		const property = fc.asyncProperty(fc.array(nameArbitrary, { minLength: 100, maxLength: 100 }), async (names) => {
			const rules = names.map((name) => `  "${octal(name)}" r,\n`).join("");
			const expected = await parser.compile(`profile p {\n${rules}}\n`);
			expect((await parser.compile(proposed(names.map(openOf)))).equals(expected)).toBe(true);
		});
		await fc.assert(property, { numRuns: 5, seed: 20 });
	});

	it.each(hostileNames)("a program named %j is run and nothing else", async (name) => {
		const event: AuditEvent = { event: "DENIED", operation: "exec", profile: "p", name, denied_mask: "x" };
		const expected = await parser.compile(`profile p {\n  "${octal(name)}" mrix,\n}\n`);
		expect((await parser.compile(proposed([event]))).equals(expected)).toBe(true);
	});

	it.each(hostileNames.map((name) => name.slice(1)))("a peer named %j is that peer", async (peer) => {
		const event: AuditEvent = {
			event: "DENIED",
			operation: "signal",
			profile: "p",
			denied_mask: "send",
			signal: "term",
			peer,
		};
		const expected = await parser.compile(`profile p {\n  signal send set=term peer="${octal(peer)}",\n}\n`);
		expect((await parser.compile(proposed([event]))).equals(expected)).toBe(true);
	});

	it.each(hostileNames)("a mount from and to %j is that one", async (name) => {
		const event: AuditEvent = {
			event: "DENIED",
			operation: "mount",
			class: "mount",
			profile: "p",
			name,
			srcname: name,
			flags: "rw, bind",
		};
		const rule = `mount options=(rw, bind) "${octal(name)}" -> "${octal(name)}",`;
		const expected = await parser.compile(`profile p {\n  ${rule}\n}\n`);
		expect((await parser.compile(proposed([event]))).equals(expected)).toBe(true);
	});
});
