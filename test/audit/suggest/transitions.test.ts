import { describe, expect, it } from "vitest";
import { suggestRules } from "../../../src/audit/suggest/suggest";
import { event, fileEvent, only, texts } from "./events";

const exec = (name: string, more = {}) =>
	event({ operation: "exec", name, requested_mask: "x", denied_mask: "x", ...more });

describe("running programs", () => {
	it("the program stays in the profile, and a child profile is the alternative", () => {
		expect(only([exec("/usr/bin/id")])).toMatchObject({
			text: "/usr/bin/id mrix,",
			level: "ok",
			alternatives: ["/usr/bin/id rCx -> id,"],
		});
	});

	it("with child transitions, it gets a child profile, and staying is the alternative", () => {
		const suggestions = suggestRules([exec("/usr/bin/id")], { transitions: "child" });
		expect(suggestions).toMatchObject([
			{ kind: "rule", profile: "app", text: "/usr/bin/id rCx -> id,", alternatives: ["/usr/bin/id mrix,"] },
			{ kind: "child-profile", profile: "app//id", hat: false },
		]);
	});

	it("a child's programs stay in the child, which can have no child of its own", () => {
		const inChild = exec("/usr/bin/id", { profile: "app//sh" });
		expect(only([inChild], { transitions: "child" })).toMatchObject({ profile: "app//sh", text: "/usr/bin/id mrix," });
	});

	it("what is mapped to run the program is covered by the rule for running it", () => {
		expect(texts([exec("/usr/bin/id"), fileEvent("/usr/bin/id", "mr"), fileEvent("/usr/bin/id", "k")])).toEqual([
			"/usr/bin/id k,",
			"/usr/bin/id mrix,",
		]);
	});

	it("is never proposed to be unconfined", () => {
		const programs = ["/usr/bin/sudo", "/bin/sh", "/tmp/x", "/usr/bin/id"].map((name) => exec(name));
		for (const transitions of ["inherit", "child", "keep"] as const)
			for (const { text, alternatives = [] } of suggestRules(programs, { transitions }))
				expect([text, ...alternatives].join()).not.toMatch(/ux/i);
	});
});

describe("null profiles", () => {
	const inNull = fileEvent("/etc/group", "r", { profile: "app//null-/usr/bin/id" });
	const deeper = fileEvent("/etc/hosts", "r", { profile: "app//null-/bin/sh//null-/usr/bin/id" });

	it("belong to the profile that the program stays in", () => {
		expect(suggestRules([inNull, deeper])).toMatchObject([
			{ profile: "app", text: "/etc/group r," },
			{ profile: "app", text: "/etc/hosts r," },
		]);
	});

	it("belong to the child profile of the first program, where it gets one", () => {
		const suggestions = suggestRules([inNull, deeper], { transitions: "child" });
		expect(suggestions.map(({ profile, text }) => [profile, text])).toEqual([
			["app//id", "/etc/group r,"],
			["app//sh", "/etc/hosts r,"],
		]);
	});

	it("keep the kernel's names where that is asked for", () => {
		expect(suggestRules([inNull], { transitions: "keep" })).toMatchObject([{ profile: "app//null-/usr/bin/id" }]);
	});

	it("with a number, as old kernels have them, stay in the parent of a policy, else keep their name", () => {
		const events = [fileEvent("/a", "r", { profile: "app//null-2d" })];
		expect(suggestRules(events, { policy: "profile app /opt/app {\n}\n" })).toMatchObject([{ profile: "app" }]);
		expect(only(events)).toMatchObject({ profile: "app//null-2d" });
	});

	it("of a hat that is missing belong to the hat", () => {
		expect(only([fileEvent("/a", "r", { profile: "app//null-DEFAULT_URI" })])).toMatchObject({
			profile: "app//DEFAULT_URI",
		});
	});

	it("without a parent are passed over", () => {
		expect(suggestRules([fileEvent("/a", "r", { profile: "null-complain-profile" })])).toEqual([]);
	});

	it("as peers are the profile that they will be", () => {
		const signal = event({ operation: "signal", denied_mask: "send", signal: "term", peer: "app//null-/usr/bin/id" });
		expect(only([signal])).toMatchObject({ text: "signal send set=term peer=app,", level: "ok" });
	});
});

describe("hats", () => {
	it("that a program asks for are proposed with what was done in them", () => {
		const change = event({ event: "ALLOWED", operation: "change_hat", target: "app//H" });
		expect(suggestRules([change, fileEvent("/a", "r", { profile: "app//H" })])).toMatchObject([
			{ kind: "child-profile", profile: "app//H", hat: true },
			{ kind: "rule", profile: "app//H", text: "/a r," },
		]);
	});

	it("are nothing for an unconfined process", () => {
		const change = event({ operation: "change_hat", info: "unconfined can not change_hat", target: "x" });
		expect(suggestRules([change])).toEqual([]);
	});
});

it("nothing is proposed for unconfined processes", () => {
	expect(suggestRules([event({ operation: "change_profile", profile: "unconfined", target: "x" })])).toEqual([]);
});

describe("disconnected paths", () => {
	const disconnected = fileEvent("run/x", "r", { info: "Failed name lookup - disconnected path", error: -13 });

	it("ask for the flag, and for the file as it will then look", () => {
		expect(suggestRules([disconnected])).toMatchObject([
			{ kind: "flag", flag: "attach_disconnected", level: "review" },
			{ kind: "rule", text: "/run/x r," },
		]);
	});

	it("are usual in a container", () => {
		expect(suggestRules([disconnected], { container: true })[0]).toMatchObject({ kind: "flag", level: "ok" });
	});
});
