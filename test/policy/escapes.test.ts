import { expect, it } from "vitest";
import { decodeEscapes } from "../../src/policy/escapes";

it.each([
	["/a b", "/a b"],
	["/a\\040b", "/a b"],
	["/a\\x20b", "/a b"],
	["/a\\d032b", "/a b"],
	["\\0401", " 1"],
	["\\400", " 0"],
	["\\d256", "\x196"],
	['\\"', '"'],
	["\\t\\n\\r\\a\\e\\f", "\t\n\r\x07\x1b\x0c"],
	["\\\\", "\\\\"],
	["\\134", "\\\\"],
	["\\052\\x5b\\d123", "\\*\\[\\{"],
	["\\*\\ \\,", "\\*\\ \\,"],
	["\\303\\251", "é"],
	["\\351", "\uFFFD"],
	["é\\x2d", "é-"],
	["\\000", "\\000"],
	["\\x", "\\x"],
	["end\\", "end\\"],
])("%j is %j", (text, expected) => {
	expect(decodeEscapes(text)).toBe(expected);
});
