import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { checkPolicy } from "../../../src/policy/check/check";

const root = resolve(__dirname, "../../..");

describe("checkPolicy", () => {
	it("finds nothing wrong with a tidy policy", () => {
		expect(checkPolicy("abi <abi/4.0>,\nprofile p /usr/bin/p {\n  /etc/p.conf r,\n}\n")).toEqual([]);
	});

	it("says everything at once, in the order of the places", () => {
		const problems = checkPolicy("profile p {\n  capability foo,\n  /a x,\n  network bar,\n}\n", {
			file: "p.apparmor",
		});
		expect(problems.map(({ file, line, column, code }) => [file, line, column, code])).toEqual([
			["p.apparmor", 2, 3, "unknown-capability"],
			["p.apparmor", 3, 3, "exec-without-mode"],
			["p.apparmor", 4, 3, "unknown-network"],
		]);
	});

	it("names the included file that is wrong", () => {
		const include = () => [{ file: "/x/base", text: "capability foo,\n" }];
		expect(checkPolicy("profile p {\n  include <base>\n}", { include })).toContainEqual(
			expect.objectContaining({ file: "/x/base", line: 1, code: "unknown-capability" }),
		);
	});

	it("does not guess about variables where it cannot read includes", () => {
		const text = "include <tunables/global>\nprofile p {\n  @{HOME}/x r,\n}";
		expect(checkPolicy(text).map(({ severity, code }) => `${severity} ${code}`)).toEqual([
			"info include-not-read",
			"info missing-abi",
		]);
		const include = () => [{ file: "global", text: "" }];
		expect(checkPolicy(text, { include }).map(({ code }) => code)).toEqual(["undefined-variable"]);
	});

	it("takes a fragment for what it is, where it is told", () => {
		const text = "capability sys_admin,\n@{HOME}/x r,\n";
		expect(checkPolicy(text).some(({ severity }) => severity === "error")).toBe(true);
		expect(checkPolicy(text, { fragment: true }).map(({ line, code }) => `${line} ${code}`)).toEqual([
			"1 dangerous-capability",
		]);
	});

	it("has a section in docs/findings.md for each code", () => {
		const sections = [...readFileSync(join(root, "docs/findings.md"), "utf8").matchAll(/^### (.+)$/gm)].map(
			([, code]) => code,
		);
		const sources = globSync(["src/policy/{check,expand}/**/*.ts", "src/policy/errors.ts"], { cwd: root }).map((file) =>
			readFileSync(join(root, file), "utf8"),
		);
		const codes = sections.filter((code) => sources.some((source) => source.includes(`"${code}"`)));
		expect(codes).toEqual(sections);
		expect(new Set(sections).size).toBe(sections.length);
	});
});
