import { describe, expect, it } from "vitest";
import { loaderContainer, loaderLabels } from "../../src/cluster/loader";
import { findDistributions, type KubernetesObject } from "../../src/cluster/status-loaders";
import { loaderName, statusContainer } from "../../src/cluster/status-place";
import { daemonSet, pod } from "./status-objects";

const only = (...pods: KubernetesObject[]) => findDistributions([daemonSet("a", 1), ...pods])[0]?.loaders[0];

it("has the same names as the loader", () => {
	expect(loaderLabels).toEqual({ "app.kubernetes.io/name": loaderName });
	expect(loaderContainer).toBe(statusContainer);
});

it("gives each distribution its own pods, in the order of namespace and name", () => {
	const objects = [
		pod("b", "n1", "b-1"),
		daemonSet("b", 1),
		daemonSet("a", 2),
		pod("a", "n1", "a-1"),
		pod("x", "n", "x"),
	];
	expect(findDistributions(objects)).toEqual([
		{
			name: "a",
			namespace: "kube-system",
			daemonSet: "a-loader-1a2b",
			wantedNodes: 2,
			pending: false,
			loaders: [
				{
					pod: "a-1",
					node: "n1",
					created: Date.parse("2026-11-24T10:00:00Z"),
					outdated: false,
					deleted: false,
					ready: true,
					running: true,
					starting: false,
					problem: undefined,
				},
			],
		},
		expect.objectContaining({ name: "b", wantedNodes: 1, loaders: [expect.objectContaining({ pod: "b-1" })] }),
	]);
});

it("takes no other DaemonSet for a loader's", () => {
	const other = daemonSet("a", 1);
	other.metadata.labels = { "app.kubernetes.io/name": "something-else" };
	expect(findDistributions([other])).toEqual([]);
});

it("knows that a change has not been acted on, and which pods are of an older revision", () => {
	expect(findDistributions([daemonSet("a", 1, { observedGeneration: 1 }, 2)])[0]?.pending).toBe(true);
	const rollsOut = daemonSet("a", 2, { updatedNumberScheduled: 1 }, 2);
	const pods = [pod("a", "n1", "old"), pod("a", "n2", "new", { generation: 2 })];
	const outdated = (objects: KubernetesObject[]) => findDistributions(objects)[0]?.loaders.map((one) => one.outdated);
	expect(outdated([rollsOut, ...pods])).toEqual([true, false]);
	// After a roll-back: the cluster counts the pod as up to date, whatever its number.
	expect(outdated([daemonSet("a", 2, {}, 3), ...pods])).toEqual([false, false]);
});

it("names the node that a pod waits for", () => {
	const waits = pod("a", "", "p");
	waits.spec = {
		affinity: {
			nodeAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", values: ["n7"] }] }],
				},
			},
		},
	};
	waits.status = {
		phase: "Pending",
		conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes: full" }],
	};
	expect(only(waits)).toMatchObject({
		node: "n7",
		running: false,
		ready: false,
		problem: "Unschedulable: 0/1 nodes: full",
	});
});

describe("what is wrong with a container", () => {
	const crashed = { terminated: { reason: "Error", exitCode: 1, message: "myapp, line 3: syntax error\n" } };
	it.each([
		[
			"its last words, while it is kept from starting again",
			{ waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
			crashed,
			"myapp, line 3: syntax error",
		],
		["its last words, when it has just ended", crashed, {}, "myapp, line 3: syntax error"],
		["its last words, when it runs again", { running: {} }, crashed, "myapp, line 3: syntax error"],
		[
			"Kubernetes' own, before it ever ran",
			{ waiting: { reason: "ErrImagePull", message: "no such image" } },
			{},
			"ErrImagePull: no such image",
		],
		[
			"its exit code, where it said nothing",
			{ terminated: { reason: "OOMKilled", exitCode: 137 } },
			{},
			"it ended with exit code 137 (OOMKilled)",
		],
		["nothing, when it runs", { running: {} }, {}, undefined],
	])("%s", (_, state, lastState, problem) => {
		expect(only(pod("a", "n", "p", { state, lastState }))?.problem).toBe(problem);
	});

	it("is what the pod says where there is none", () => {
		const evicted = pod("a", "n", "p");
		evicted.status = { phase: "Failed", reason: "Evicted", message: "The node was low on memory." };
		expect(only(evicted)?.problem).toBe("Evicted: The node was low on memory.");
	});
});
