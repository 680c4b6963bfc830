import { describe, expect, it } from "vitest";
import { type CheckOptions, checkPolicy } from "../../../src/policy/check/check";

/** The findings of a policy as `line severity code`, without that about a missing abi. */
function findings(text: string, options: CheckOptions = {}): string[] {
	return checkPolicy(text, options)
		.filter(({ code }) => code !== "missing-abi")
		.map(({ line, severity, code }) => `${line} ${severity} ${code}`);
}

function inProfile(rules: string): string[] {
	return findings(`profile p {\n${rules}\n}`);
}

describe("too-wide", () => {
	it.each([
		"/** rw,",
		"/etc/** w,",
		"/{usr,opt}/** w,",
		"/** r,",
		"file,",
		"all,",
		"mount,",
		"change_profile,",
		"change_profile -> **,",
	])("%s", (rule) => {
		expect(inProfile(rule)).toEqual(["2 warning too-wide"]);
	});

	it.each([
		"/etc/myapp/** rw,",
		"/etc/* w,",
		"owner /** r,",
		"deny /** w,",
		"/usr/** r,",
		"mount fstype=tmpfs -> /x/,",
		"change_profile -> b,",
	])("not %s", (rule) => {
		expect(inProfile(rule)).toEqual([]);
	});
});

describe("executions", () => {
	it("ux and Ux leave confinement, PUx where the profile is missing", () => {
		expect(inProfile("/a ux,\n/b Ux,\n/c PUx,\n/d ix,")).toEqual([
			"2 warning unconfined-exec",
			"3 warning unconfined-exec",
			"4 info unconfined-exec",
		]);
	});

	it("what may be written and executed", () => {
		expect(inProfile("/a/** rw,\n/a/** mr,\n/b wix,\n/c w,\n/d mr,")).toEqual([
			"3 warning write-and-execute",
			"4 warning write-and-execute",
		]);
	});

	it("cx without the child, px without the profile", () => {
		expect(inProfile("/a cx,\n/b cx -> kid,\n/c px,\nprofile kid /d { }\n/d cx,\n/e cix,")).toEqual([
			"2 warning missing-exec-profile",
			"4 info missing-exec-profile",
		]);
		expect(findings("profile p {\n/a* px,\n/b px -> q,\n}\nprofile q /ab { }")).toEqual([]);
	});
});

describe("capabilities", () => {
	it("that are worth being root", () => {
		expect(
			inProfile("capability sys_admin chown,\ncapability dac_override,\ndeny capability sys_module,\ncapability,"),
		).toEqual(["2 warning dangerous-capability", "3 warning dangerous-capability", "5 warning dangerous-capability"]);
	});
});

describe("deny-in-complain", () => {
	it("deny rules of profiles that complain", () => {
		expect(findings("profile p flags=(complain) {\ndeny /a w,\n}")).toEqual(["2 warning deny-in-complain"]);
		expect(findings("profile p {\ndeny /a w,\n}")).toEqual([]);
	});
});

describe("missing-attach-disconnected", () => {
	const text = "profile p {\n}\nprofile q flags=(attach_disconnected) {\n}";
	it("profiles for containers", () => {
		expect(findings(text, { container: true })).toEqual(["1 warning missing-attach-disconnected"]);
		expect(findings(text)).toEqual([]);
	});
});

describe("ignored-rule", () => {
	it("what apparmor_parser leaves out without a word", () => {
		const rules = "audit { capability chown, /a r, }\nowner { deny /b r, }\n/c rl -> /d,\nlink /e -> /f,\nl /g -> /h,";
		expect(inProfile(rules)).toEqual(["2 warning ignored-rule", "3 warning ignored-rule", "4 warning ignored-rule"]);
	});
});

describe("covered-rule and denied-rule", () => {
	it("by a wider rule, before or behind", () => {
		expect(inProfile("/a/b r,\n/a/* rw,\n/a/** w,\n/c r,\n/c r,")).toEqual([
			"2 info covered-rule",
			"6 info covered-rule",
		]);
	});

	it("not where it says more", () => {
		expect(inProfile("/a/b rw,\n/a/* r,\n/e/f ix,\n/e/* pix,")).toEqual([]);
		expect(inProfile("/* r,\nowner /c r,")).toEqual(["3 info covered-rule"]);
		expect(inProfile("/c r,\nowner /* r,")).toEqual([]);
		expect(inProfile("audit /d/x r,\n/d/* r,")).toEqual([]);
	});

	it("by an include, which is named", () => {
		const include = (path: string) =>
			path === "base" ? [{ file: "/x/base", text: "/etc/** r,\nnetwork inet,\n" }] : undefined;
		const problems = checkPolicy("profile p {\n  include <base>\n  /etc/passwd r,\n  network inet,\n}", { include });
		expect(problems.filter(({ code }) => code === "covered-rule").map(({ message }) => message)).toEqual([
			"/etc/passwd is allowed already by /etc/** in /x/base, line 1",
			"the same network rule stands in /x/base, line 2",
		]);
	});

	it("by a deny, which wins", () => {
		expect(inProfile("/a/b r,\ndeny /a/** rw,")).toEqual(["2 warning denied-rule"]);
	});
});

describe("too-new", () => {
	it("for the parser that the policy is for", () => {
		const text = "profile p flags=(debug) {\nuserns,\nmqueue,\npriority=1 /a r,\nnetwork inet tcp port=80,\n}";
		expect(findings(text)).toEqual([]);
		expect(findings(text, { target: "4.0" })).toEqual(["4 error too-new"]);
		expect(findings(text, { target: "3.0.8" })).toEqual([
			"1 error too-new",
			"2 error too-new",
			"3 error too-new",
			"4 error too-new",
			"5 error too-new",
		]);
		expect(() => findings(text, { target: "four" })).toThrow(
			'target "four": expected a release from 3.0 on, such as "4.0"',
		);
	});
});
