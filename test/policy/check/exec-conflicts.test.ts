import { describe, expect, it } from "vitest";
import { checkPolicy } from "../../../src/policy/check/check";

function conflicts(rules: string): number[] {
	return checkPolicy(`abi <abi/4.0>,\nprofile x {\n${rules}\n}\n`)
		.filter(({ code }) => code === "exec-conflict")
		.map(({ line }) => line);
}

describe("execution conflicts", () => {
	// Each was put to apparmor_parser 4.1.0.
	it.each([
		"/* px,\n/** ix,",
		"/a? px,\n/ab* ix,",
		"/a[bc] px,\n/ab ix,",
		"/{a,b} px,\n/{b,c} ix,",
		"owner /a px,\n/a ix,",
		"/a px -> x,\n/a px -> y,",
		"/a px,\n/a Px,",
		"/a pix,\n/a px,",
		"file,\n/** px,",
		"change_profile /* -> b,\nchange_profile unsafe /** -> b,",
	])("refuses %s", (rules) => {
		expect(conflicts(rules)).toEqual([4]);
	});

	it.each([
		"/a[bc] px,\n/ab* ix,",
		"/a? px,\n/ab ix,",
		"owner /a px,\nother /a ix,",
		"priority=1 /a* px,\n/a* ix,",
		"prompt /a px,\n/a ix,",
		"/a px,\nunsafe /a Px,",
		"/a px -> x,\n/a px -> x,",
		"/a ux -> b,\n/a px -> b,",
		"/a cx -> /a,\n/a cx,",
		"file,\n/a px,",
		"change_profile /a -> b,\nchange_profile unsafe /a -> c,",
	])("accepts %s", (rules) => {
		expect(conflicts(rules)).toEqual([]);
	});

	it("refuses more than 12 names behind ->", () => {
		const named = (count: number) =>
			Array.from({ length: count }, (_, index) => `/p${index} px -> t${index},`).join("\n");
		const codes = (count: number) => checkPolicy(`profile x {\n${named(count)}\n}`).map(({ code }) => code);
		expect(codes(12)).not.toContain("too-many-transitions");
		expect(codes(13)).toContain("too-many-transitions");
	});
});
