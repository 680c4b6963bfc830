import { describe, expect, it } from "vitest";
import { type Answer, isOff, type StatusRow, statusRows } from "../../src/cluster/status";
import { findDistributions, type KubernetesObject } from "../../src/cluster/status-loaders";
import { parseReport } from "../../src/cluster/status-report";
import { daemonSet, hash, pod, profile, report } from "./status-objects";

/** The rows of a cluster with these objects, where the named pods answer so. */
function rows(objects: KubernetesObject[], answers: Record<string, string | { problem: string }>): StatusRow[] {
	const distributions = findDistributions(objects);
	const loaders = distributions.flatMap(({ loaders }) => loaders);
	const told = loaders.flatMap((loader): [typeof loader, Answer][] => {
		const answer = answers[loader.pod];
		if (answer === undefined) return [];
		return [[loader, typeof answer === "string" ? { report: parseReport(answer) } : answer]];
	});
	return statusRows(distributions, new Map(told));
}

const brief = (found: StatusRow[]) =>
	found.map(({ node, profile, state, message }) => [node, profile, state, message] as const);

const a = (wanted: number, more: object = {}, generation = 1) => daemonSet("a", wanted, more, generation);

it("is a row for each profile on each node", () => {
	const objects = [a(2), pod("a", "n2", "p2"), pod("a", "n1", "p1")];
	const found = rows(objects, { p1: report([profile("y"), profile("x")]), p2: report([profile("x")]) });
	expect(found[0]).toEqual({
		distribution: "a",
		namespace: "kube-system",
		node: "n1",
		profile: "x",
		declaredMode: "enforce",
		mode: "enforce",
		policyHash: hash,
		ready: true,
		state: "declared",
		message: null,
	});
	expect(brief(found)).toEqual([
		["n1", "x", "declared", null],
		["n1", "y", "declared", null],
		["n2", "x", "declared", null],
	]);
	expect(found.some(isOff)).toBe(false);
});

describe("a profile", () => {
	it.each([
		["declared disabled and not loaded", profile("x", null, { declaredMode: "disabled" }), "declared", null],
		["with an error", profile("x", "complain", { ok: false, error: "line 3: no" }), "off", "line 3: no"],
		[
			"that is not ok, without a reason",
			profile("x", null, { ok: false }),
			"off",
			"its loader does not say why it is not as declared",
		],
		["in another mode", profile("x", "complain"), "off", "the kernel has it in complain mode"],
		["that is not there", profile("x", null), "off", "the kernel has it not at all"],
		[
			"that is there and declared disabled",
			profile("x", "enforce", { declaredMode: "disabled" }),
			"off",
			"the kernel has it in enforce mode",
		],
	])("%s", (_, one, state, message) => {
		expect(brief(rows([a(1), pod("a", "n", "p")], { p: report([one]) }))).toEqual([["n", "x", state, message]]);
	});

	it("that is retired is worth knowing, and nothing is off", () => {
		const found = rows([a(1), pod("a", "n", "p")], { p: report([profile("x")], { retired: ["old"] }) });
		expect(brief(found)).toEqual([
			["n", "old", "retired", "no longer declared; unloaded once no process uses it"],
			["n", "x", "declared", null],
		]);
		expect(found.some(isOff)).toBe(false);
	});
});

describe("a node", () => {
	it("without AppArmor is unsupported, and nothing is off", () => {
		const words = "AppArmor is not enabled in this kernel";
		const found = rows([a(1), pod("a", "n", "p")], { p: report([], { state: "unsupported", message: words }) });
		expect(brief(found)).toEqual([["n", null, "unsupported", words]]);
		expect(found.some(isOff)).toBe(false);
	});

	it("for which nothing is declared has a row of its own", () => {
		expect(brief(rows([a(1), pod("a", "n", "p")], { p: report([]) }))).toEqual([
			["n", null, "declared", "no profile is declared"],
		]);
	});

	it("whose loader failed as a whole says so; where a profile says it, only that does", () => {
		const failed = (profiles: object[]) => ({ p: report(profiles, { state: "failed", message: "no parser" }) });
		const objects = [a(1), pod("a", "n", "p", { ready: false })];
		expect(brief(rows(objects, failed([])))).toEqual([["n", null, "off", "no parser"]]);
		const wrong = profile("x", null, { ok: false, error: "line 3: no" });
		expect(brief(rows(objects, failed([wrong])))).toEqual([["n", "x", "off", "line 3: no"]]);
	});

	it("whose loader has loaded everything and is not ready yet is waited for", () => {
		const found = rows([a(1), pod("a", "n", "p", { ready: false })], { p: report([profile("x")]) });
		expect(brief(found)).toEqual([
			["n", null, "waiting", "its loader p is not ready yet"],
			["n", "x", "declared", null],
		]);
		expect(found.map(({ ready }) => ready)).toEqual([false, false]);
		expect(found.some(isOff)).toBe(true);
	});

	it("whose loader cannot be asked says why, with its last words", () => {
		const lastState = { terminated: { exitCode: 1, message: "line 3: no" } };
		expect(brief(rows([a(1), pod("a", "n", "p", { lastState })], { p: { problem: "timed out" } }))).toEqual([
			["n", null, "off", "timed out\nline 3: no"],
		]);
		expect(brief(rows([a(1), pod("a", "n", "p", { state: {} })], {}))).toEqual([
			["n", null, "off", "its loader p does not run"],
		]);
	});

	const crashed = {
		generation: 2,
		created: "2026-11-24T11:00:00Z",
		ready: false,
		state: { waiting: { reason: "CrashLoopBackOff" } },
		lastState: { terminated: { exitCode: 1, message: "line 3: no" } },
	};

	it("with a new loader that fails: its words, and what the old one beside it still has loaded", () => {
		const objects = [a(1, {}, 2), pod("a", "n", "p-old"), pod("a", "n", "p-new", crashed)];
		expect(brief(rows(objects, { "p-old": report([profile("x")]) }))).toEqual([
			["n", null, "off", "line 3: no"],
			["n", "x", "declared", null],
		]);
	});

	it("with a new loader that starts, beside an old one that cannot be asked: both", () => {
		const state = { waiting: { reason: "ContainerCreating" } };
		const starting = pod("a", "n", "p-new", { ...crashed, state, lastState: {} });
		const objects = [a(1, {}, 2), pod("a", "n", "p-old"), starting];
		expect(brief(rows(objects, { "p-old": { problem: "timed out" } }))).toEqual([
			["n", null, "waiting", "its loader p-new is being started\ntimed out"],
		]);
		expect(brief(rows(objects, { "p-old": report([profile("x")]) }))).toEqual([
			["n", null, "waiting", "its loader p-new is being started"],
			["n", "x", "declared", null],
		]);
	});

	it("with a new loader that answers: only its word counts", () => {
		const objects = [a(1), pod("a", "n", "p-old"), pod("a", "n", "p-new", { created: "2026-11-24T11:00:00Z" })];
		const found = rows(objects, { "p-old": report([profile("x")]), "p-new": report([profile("y")]) });
		expect(brief(found)).toEqual([["n", "y", "declared", null]]);
	});

	it("that has not had the last change yet, or whose only loader goes", () => {
		const outdated = [a(1, { updatedNumberScheduled: 0 }, 2), pod("a", "n", "p")];
		expect(brief(rows(outdated, { p: report([profile("x")]) }))).toEqual([
			["n", null, "waiting", "it has not had the last change yet: its loader p is of an older revision"],
			["n", "x", "declared", null],
		]);
		expect(brief(rows([a(1), pod("a", "n", "p", { deleted: true })], {}))).toEqual([
			["n", null, "waiting", "its loader p is being deleted, and no other has taken over yet"],
		]);
		// One that goes beside one that stays is no news.
		const both = [a(1), pod("a", "n", "p"), pod("a", "n", "q", { deleted: true, created: "2026-11-24T11:00:00Z" })];
		expect(brief(rows(both, { p: report([profile("x")]) }))).toEqual([["n", "x", "declared", null]]);
	});
});

describe("a distribution", () => {
	it("whose nodes have no loader", () => {
		const hint = "`kubectl --namespace kube-system describe daemonset a-loader-1a2b` says why";
		const found = rows([a(3), pod("a", "n", "p")], { p: report([profile("x")]) });
		expect(brief(found)).toEqual([
			[null, null, "off", `2 of 3 nodes have no loader: ${hint}`],
			["n", "x", "declared", null],
		]);
		expect(brief(rows([a(1)], {}))).toEqual([[null, null, "off", `1 of 1 nodes has no loader: ${hint}`]]);
	});

	it("that the cluster has not acted on", () => {
		expect(brief(rows([a(1, { observedGeneration: 1 }, 2)], {}))).toEqual([
			[null, null, "waiting", "the cluster has not acted on its last change yet"],
		]);
	});

	it("that is for no node has nothing off", () => {
		expect(rows([a(0)], {})).toEqual([]);
	});
});

it("takes 5,000 nodes with 20 profiles, and two loaders each, in less than 2 seconds of processor time", () => {
	const nodes = Array.from({ length: 5000 }, (_, index) => `n${index}`);
	const text = report(Array.from({ length: 20 }, (_, index) => profile(`p${index}`)));
	const pods = nodes.flatMap((node) => [pod("a", node, `${node}-old`), pod("a", node, `${node}-new`)]);
	const distributions = findDistributions([a(5000), ...pods]);
	const parsed = parseReport(text);
	const start = process.cpuUsage();
	const answers = distributions.flatMap(({ loaders }) =>
		loaders.map((loader) => [loader, { report: parsed }] as const),
	);
	expect(statusRows(distributions, new Map(answers))).toHaveLength(100_000);
	expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
});
