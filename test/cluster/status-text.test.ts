import { describe, expect, it } from "vitest";
import type { StatusRow } from "../../src/cluster/status";
import { changes, statusLine, statusTable, verdict } from "../../src/cluster/status-text";
import { hash } from "./status-objects";

const row = (more: Partial<StatusRow> = {}): StatusRow => ({
	distribution: "profiles",
	namespace: "kube-system",
	node: "n1",
	profile: "myapp",
	declaredMode: "enforce",
	mode: "enforce",
	policyHash: hash,
	ready: true,
	state: "declared",
	message: null,
	...more,
});

const none = { profile: null, declaredMode: null, mode: null, policyHash: null, ready: false };
const off = row({ mode: "complain", state: "off", message: "line 3:\n\tsyntax error", ready: false });
const unsupported = row({ ...none, node: "n2", state: "unsupported", message: "no AppArmor", ready: true });
const retired = row({ ...none, profile: "old", state: "retired", message: "in use", ready: true });
const disabled = row({ profile: "off", declaredMode: "disabled", mode: null });
const gone = row({ profile: "gone", mode: null, state: "off", message: "no" });
const missing = row({ ...none, node: null, state: "off", message: "1 of 3 nodes has no loader" });

const shown = (rows: StatusRow[]) =>
	statusTable(rows).map((cells) =>
		cells
			.map(({ text }) => text)
			.join("")
			.trimEnd(),
	);

it("is a table with columns as wide as what is in them", () => {
	expect(shown([missing, off, gone, disabled, retired, unsupported])).toEqual([
		"NODE   PROFILE  DECLARED  ACTUAL       CONTENT   READY  LAST ERROR OR NOTE",
		"(all)  -        -         -            -         no     1 of 3 nodes has no loader",
		"n1     myapp    enforce   complain     01234567  no     line 3:",
		"    \tsyntax error",
		"n1     gone     enforce   not loaded   01234567  yes    no",
		"n1     off      disabled  disabled     01234567  yes",
		"n1     old      -         loaded       -         yes    in use",
		"n2     -        -         unsupported  -         yes    no AppArmor",
	]);
});

it("judges by colour", () => {
	const tones = (one: StatusRow) => statusTable([one])[1]?.map(({ tone }) => tone);
	expect(tones(row())).toEqual(["plain", "plain", "plain", "good", "plain", "plain", "note"]);
	expect(tones(off)).toEqual(["plain", "plain", "plain", "bad", "plain", "plain", "bad"]);
	expect(tones(retired)).toEqual(["plain", "plain", "plain", "note", "plain", "plain", "note"]);
});

it("names the distribution where there are several, and its namespace where they are called the same", () => {
	const first = (...rows: StatusRow[]) => shown(rows).map((line) => line.split(" ")[0]);
	expect(first(row(), row({ distribution: "canary" }))).toEqual(["DISTRIBUTION", "profiles", "canary"]);
	expect(first(row(), row({ namespace: "shop" }))).toEqual(["DISTRIBUTION", "kube-system/profiles", "shop/profiles"]);
	expect(first(row(), row({ node: "n2" }))).toEqual(["NODE", "n1", "n2"]);
});

it("is a line a row, however long its message", () => {
	expect([row(), off, disabled, retired, unsupported, missing].map(statusLine)).toEqual([
		"kube-system/profiles n1 myapp: enforce (declared enforce, content 01234567)",
		"kube-system/profiles n1 myapp: complain (declared enforce, content 01234567): line 3:; syntax error",
		"kube-system/profiles n1 off: disabled (declared disabled, content 01234567)",
		"kube-system/profiles n1 old: in use",
		"kube-system/profiles n2: no AppArmor",
		"kube-system/profiles: 1 of 3 nodes has no loader",
	]);
	const start = process.cpuUsage();
	statusLine(row({ message: `${" ".repeat(500_000)}x${"\n".repeat(500_000)}` }));
	expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
});

describe("the verdict", () => {
	it.each([
		[[row(), row({ node: "n2" })], "all as declared: 2 nodes, 2 profiles on them"],
		[[], "all as declared: 0 nodes, 0 profiles on them"],
		[
			[row(), retired, unsupported],
			"all as declared: 2 nodes, 1 profile on them, 1 retired and still loaded, 1 node without AppArmor",
		],
		[[row(), gone], "off: 1 node, 2 profiles on them, 1 not as declared"],
		[[row(), missing], "off: 1 node, 1 profile on them, 1 other thing to look at"],
	])("%#", (rows, words) => {
		expect(verdict(rows)).toBe(words);
	});
});

it("tells what has changed, what is new and what is gone, and nothing else", () => {
	const before = [row(), row({ profile: "same" }), row({ profile: "leaves" }), missing];
	const now = [off, row({ profile: "same" }), row({ profile: "comes" })];
	expect(changes(before, now)).toEqual([
		"kube-system/profiles n1 myapp: complain (declared enforce, content 01234567): line 3:; syntax error",
		"kube-system/profiles n1 comes: enforce (declared enforce, content 01234567)",
		"kube-system/profiles n1 leaves: no more",
		"kube-system/profiles (all) -: no more",
	]);
	expect(changes(now, now)).toEqual([]);
});
