import { describe, expect, it } from "vitest";
import { formatJson } from "../../../../src/audit/suggest/format/json";
import { formatProfile } from "../../../../src/audit/suggest/format/profile";
import { suggestRules } from "../../../../src/audit/suggest/suggest";
import { event, fileEvent } from "../events";

describe("formatProfile", () => {
	it("writes a profile for each, with children and hats inside", () => {
		const events = [
			fileEvent("/a", "r", { profile: "/usr/bin/app" }),
			fileEvent("/b", "r", { profile: "/usr/bin/app//H" }),
			fileEvent("/c", "r", { profile: "other app" }),
		];
		expect(formatProfile(suggestRules(events))).toBe(
			`/usr/bin/app {\n  /a r,\n\n  ^H {\n    /b r,\n  }\n}\n\nprofile "other app" {\n  /c r,\n}\n`,
		);
	});

	it("includes the variables that the rules use", () => {
		expect(formatProfile(suggestRules([fileEvent("/proc/12/status")]))).toBe(
			"include <tunables/global>\n\nprofile app {\n  @{PROC}/@{pid}/status r,\n}\n",
		);
	});

	it("leaves dangerous rules commented out, with the reason", () => {
		const suggestions = suggestRules([fileEvent("/etc/shadow"), fileEvent("/home/x/y")]);
		const warning = "# dangerous: it holds the accounts' password hashes";
		const review = "# review: it is in someone's home folder";
		expect(formatProfile(suggestions)).toBe(
			`profile app {\n  ${warning}\n  # /etc/shadow r,\n  ${review}\n  /home/x/y r,\n}\n`,
		);
		expect(formatProfile(suggestions, { dangerous: "write", comments: false })).toBe(
			"profile app {\n  /etc/shadow r,\n  /home/x/y r,\n}\n",
		);
	});

	it("writes flags into the header, and child profiles with their keyword", () => {
		const events = [
			fileEvent("x", "r", { info: "Failed name lookup - disconnected path" }),
			event({ operation: "exec", name: "/usr/bin/id" }),
		];
		expect(formatProfile(suggestRules(events, { transitions: "child" }), { comments: false })).toBe(
			"profile app flags=(attach_disconnected) {\n  /usr/bin/id rCx -> id,\n  /x r,\n\n  profile id {\n  }\n}\n",
		);
	});

	it("shows profiles without suggestions where that is asked for", () => {
		expect(formatProfile([], { profiles: ["/bin/x"] })).toBe("/bin/x {\n}\n");
		expect(formatProfile([])).toBe("");
	});

	it.each([
		['a//null-/tmp/q"x', 'profile a {\n\n  ^"null-/tmp/q\\"x" {\n    /f r,\n  }\n}\n'],
		["a//null-/tmp/@{HOME}\n{", "profile a {\n\n  ^null-/tmp/@\\{HOME\\}\\012\\{ {\n    /f r,\n  }\n}\n"],
		["/usr{,/x}/bin/a", "/usr{,/x}/bin/a {\n  /f r,\n}\n"],
		["#x", 'profile "#x" {\n  /f r,\n}\n'],
	])("a profile named %j stays one", (profile, text) => {
		expect(formatProfile(suggestRules([fileEvent("/f", "r", { profile })], { transitions: "keep" }))).toBe(text);
	});
});

describe("formatJson", () => {
	it("writes everything but the syntax tree", () => {
		const [one] = JSON.parse(formatJson(suggestRules([fileEvent("/a", "r", { epoch: 5 })])));
		expect(one).toEqual({
			profile: "app",
			kind: "rule",
			rule: { kind: "file" },
			text: "/a r,",
			reason: "the program needs the file",
			severity: 3,
			level: "ok",
			provenance: { count: 1, first: 5, last: 5, example: expect.any(String) },
		});
	});

	it("keeps bytes that are not UTF-8", () => {
		const text = formatJson(suggestRules([fileEvent("/a\udcff")]));
		expect(text).toContain('"text": "/a\\\\377 r,"');
	});
});
