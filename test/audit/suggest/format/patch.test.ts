import { applyPatch } from "diff";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../../src/audit/event";
import { formatPatch } from "../../../../src/audit/suggest/format/patch";
import { type SuggestOptions, suggestRules } from "../../../../src/audit/suggest/suggest";
import { event, fileEvent } from "../events";

const patchOf = (policy: string, events: AuditEvent[], options: SuggestOptions = {}): string =>
	formatPatch(suggestRules(events, { policy, generalise: false, ...options }), { policy, file: "app" });

function patched(policy: string, events: AuditEvent[], options: SuggestOptions = {}): string {
	const text = applyPatch(policy, patchOf(policy, events, options), { autoConvertLineEndings: false });
	if (text === false) throw new Error("the patch does not apply");
	return text;
}

describe("formatPatch", () => {
	it("puts a rule behind the last rule of its profile, indented like it", () => {
		const policy = "profile app /bin/app {\n\t/a r, # why\n\n\t# the end\n}\n";
		expect(patched(policy, [fileEvent("/b")])).toBe(
			"profile app /bin/app {\n\t/a r, # why\n\t/b r,\n\n\t# the end\n}\n",
		);
	});

	it("is a unified diff with the policy's name", () => {
		expect(patchOf("profile app {\n  /a r,\n}\n", [fileEvent("/b")])).toBe(
			"--- app\n+++ app\n@@ -1,3 +1,4 @@\n profile app {\n   /a r,\n+  /b r,\n }\n",
		);
	});

	it("puts rules of children and hats into them", () => {
		const policy = "profile app {\n  /a r,\n\n  ^H {\n    /h r,\n  }\n\n  profile c {\n  }\n}\n";
		const events = [
			fileEvent("/b"),
			fileEvent("/i", "r", { profile: "app//H" }),
			fileEvent("/c", "r", { profile: "app//c" }),
		];
		expect(patched(policy, events)).toBe(
			"profile app {\n  /a r,\n  /b r,\n\n  ^H {\n    /h r,\n    /i r,\n  }\n\n  profile c {\n    /c r,\n  }\n}\n",
		);
	});

	it("adds children and hats that are missing", () => {
		const events = [event({ operation: "change_hat", target: "app//H" }), fileEvent("/i", "r", { profile: "app//H" })];
		expect(patched("profile app {\n  /a r,\n}\n", events)).toBe(
			"profile app {\n  /a r,\n\n  ^H {\n    /i r,\n  }\n}\n",
		);
	});

	it.each([
		["profile app {", "profile app flags=(attach_disconnected) {"],
		["profile app /bin/app flags=(complain) {", "profile app /bin/app flags=(complain, attach_disconnected) {"],
		["/bin/app (complain) {", "/bin/app (complain, attach_disconnected) {"],
	])("adds a flag to %s", (before, after) => {
		const profile = before.startsWith("/") ? "/bin/app" : "app";
		const events = [fileEvent("x", "r", { profile, info: "Failed name lookup - disconnected path" })];
		expect(patched(`${before}\n  /x r,\n}\n`, events)).toBe(`${after}\n  /x r,\n}\n`);
	});

	it.each([
		["profile app { /a r, }\n", "profile app { /a r,\n  /b r,\n }\n"],
		["profile app {}\n", "profile app {\n  /b r,\n}\n"],
		["profile app {\n}\n", "profile app {\n  /b r,\n}\n"],
		["profile app { # text\n}", "profile app { # text\n  /b r,\n}"],
		["profile app {\r\n  /a r,\r\n}\r\n", "profile app {\r\n  /a r,\r\n  /b r,\r\n}\r\n"],
	])("%j becomes %j", (policy, text) => {
		expect(patched(policy, [fileEvent("/b")])).toBe(text);
	});

	it("leaves dangerous rules commented out", () => {
		expect(patched("profile app {\n  /a r,\n}\n", [fileEvent("/etc/shadow")])).toBe(
			"profile app {\n  /a r,\n  # dangerous: it holds the accounts' password hashes\n  # /etc/shadow r,\n}\n",
		);
	});

	it("names what is for other profiles above the diff", () => {
		const patch = patchOf("profile app {\n  /a r,\n}\n", [fileEvent("/b"), fileEvent("/c", "r", { profile: "other" })]);
		expect(patch).toMatch(/^# not in this policy: profile "other": \/c r,\n--- app\n/);
	});

	it("is empty where nothing is to be changed", () => {
		expect(patchOf("profile app {\n  /a r,\n}\n", [fileEvent("/a")])).toBe("");
	});
});
