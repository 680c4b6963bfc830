import { expect, it } from "vitest";
import { parseReport, ReportError } from "../../src/cluster/status-report";
import { hash, profile, report } from "./status-objects";

it("reads what a loader writes, and leaves out what is not asked for", () => {
	const failed = profile("b", null, { ok: false, error: "line 3:\nsyntax error" });
	const text = report([profile("a"), failed], { state: "failed", message: "b: …", retired: ["old"], extra: 1 });
	expect(parseReport(text)).toEqual({
		state: "failed",
		message: "b: …",
		profiles: [
			{ name: "a", declaredMode: "enforce", mode: "enforce", policyHash: hash, ok: true, error: null },
			{
				name: "b",
				declaredMode: "enforce",
				mode: null,
				policyHash: hash,
				ok: false,
				error: "line 3:\nsyntax error",
			},
		],
		retired: ["old"],
	});
});

it.each([
	["", "it is empty"],
	['{"state":"loaded","prof', 'it is no JSON: {"state":"loaded","prof'],
	["[]", "it is [], not an object"],
	[report([], { state: "fine" }), 'state is "fine", not loaded, failed, unsupported'],
	[report([], { profiles: {} }), "profiles is {}, not a list"],
	[report([profile("a"), 7 as unknown as object]), "profiles[1] is 7, not an object"],
	[report([profile("a", null, { ok: "yes" })]), 'profiles[0].ok is "yes", not true or false'],
	[report([profile("a", 1 as unknown as string)]), "profiles[0].mode is 1, not text"],
	[report([], { retired: [null] }), "retired[0] is null, not text"],
	[report([], { message: undefined }), "message is missing, not text"],
	[`"${"x".repeat(1e6)}"`, `it is "${"x".repeat(59)}…, not an object`],
])("refuses %.40s", (text, words) => {
	expect(() => parseReport(text)).toThrow(new ReportError(words));
});
