import { describe, expect, it } from "vitest";
import { awaiterOf, awaitsDeletion } from "../../toolchain/standins/kubernetes/await/awaiters";
import { daemonSetAwaiter, rollout } from "../../toolchain/standins/kubernetes/await/daemonset";
import { deploymentAwaiter } from "../../toolchain/standins/kubernetes/await/deployment";
import { jobAwaiter } from "../../toolchain/standins/kubernetes/await/job";
import { podState } from "../../toolchain/standins/kubernetes/await/pods";
import { timeoutOf } from "../../toolchain/standins/kubernetes/await/wait";
import type { Bag, Value } from "../../toolchain/standins/values";

const object = (kind: string, name: string, status: Bag, metadata: Bag = {}, spec: Bag = {}): Bag => ({
	apiVersion: kind === "Pod" ? "v1" : kind === "Job" ? "batch/v1" : "apps/v1",
	kind,
	metadata: { name, namespace: "ns", uid: name, generation: 2, ...metadata },
	spec,
	status,
});
const owned = (by: string) => ({ ownerReferences: [{ uid: by }] });
const condition = (type: string, status: string, more: Bag = {}): Bag => ({ type, status, ...more });

/** A pod that is scheduled and initialised, but not ready, with one container in a state. */
const unready = (container: Bag, metadata: Bag = {}) =>
	object(
		"Pod",
		"pod",
		{
			conditions: [
				condition("PodScheduled", "True"),
				condition("Initialized", "True"),
				condition("Ready", "False", {
					reason: "ContainersNotReady",
					message: "containers with unready status: [main]",
				}),
			],
			containerStatuses: [{ name: "main", ready: false, ...container }],
		},
		metadata,
	);

describe("pods", () => {
	const conditions = (...list: Value[]) => podState(object("Pod", "pod", { conditions: list }));

	it("are scheduled, then initialised, then ready", () => {
		expect(conditions()).toEqual({
			ready: false,
			waitingFor: ['Waiting for Pod "ns/pod" to be scheduled'],
			warnings: [],
		});
		const scheduled = condition("PodScheduled", "True");
		expect(conditions(scheduled).waitingFor.at(-1)).toBe('Waiting for Pod "ns/pod" to be initialized');
		const initialized = condition("Initialized", "True");
		expect(conditions(scheduled, initialized)).toMatchObject({ ready: false, warnings: [] });
		expect(conditions(scheduled, initialized, condition("Ready", "True")).ready).toBe(true);
		const done = { phase: "Succeeded", conditions: [scheduled, initialized, condition("Ready", "False")] };
		expect(podState(object("Pod", "pod", done)).ready).toBe(true);
	});

	it.each<[string, Bag, string]>([
		[
			"a missing profile",
			{ state: { waiting: { reason: "CreateContainerError", message: "apparmor profile not found myapp" } } },
			"[CreateContainerError] apparmor profile not found myapp",
		],
		["a container that is being created", { state: { waiting: { reason: "ContainerCreating" } } }, ""],
		[
			"a termination message",
			{ state: { terminated: { reason: "Error", message: "line 3: no such abstraction", exitCode: 2 } } },
			"[Error] line 3: no such abstraction",
		],
		[
			"an end without a message",
			{ state: { terminated: { reason: "Error", exitCode: 2 } } },
			'container "main" completed with exit code 2',
		],
		[
			"how it ended last",
			{
				state: { running: {} },
				lastState: {
					terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: "2026-01-02T03:04:05Z", message: "its words" },
				},
			},
			'container "main" terminated at 2026-01-02T03:04:05Z (OOMKilled: exit code 137)\nits words',
		],
		[
			"an image that cannot be had",
			{
				state: {
					waiting: {
						reason: "ErrImagePull",
						message: "rpc error: code = Unknown desc = Error response from daemon: no such image: manifest unknown",
					},
				},
			},
			"[ErrImagePull] no such image",
		],
	])("tell of %s", (_, container, words) => {
		expect(podState(unready(container)).warnings).toEqual([
			`[Pod ns/pod]: containers with unready status: [main]${words}`,
		]);
	});
});

describe("a DaemonSet", () => {
	const counts = (status: Bag) => rollout(object("DaemonSet", "ds", { observedGeneration: 2, ...status }));
	const all = {
		desiredNumberScheduled: 3,
		currentNumberScheduled: 3,
		updatedNumberScheduled: 3,
		numberAvailable: 3,
		numberReady: 3,
	};

	it.each<[Bag, string]>([
		[{ ...all, currentNumberScheduled: 2 }, "Current: 2/3"],
		[{ ...all, updatedNumberScheduled: 1 }, "Updated: 1/3"],
		[{ ...all, numberAvailable: 0 }, "Available: 0/3"],
		[{ ...all, numberReady: 2 }, "Ready: 2/3"],
		[{}, "Missing .status.desiredNumberScheduled"],
		[{ ...all, observedGeneration: 1 }, "DaemonSet generation is 2, but latest observed generation is 1"],
	])("waits for every node it wants: %j", (status, message) => {
		expect(counts(status)).toEqual({ done: false, message });
	});

	it("is done when all are, and where no node matches; not before its controller has seen it", () => {
		expect(counts(all)).toEqual({ done: true, message: "All replicas scheduled as expected. Replicas: 3" });
		expect(counts({ desiredNumberScheduled: 0 }).done).toBe(true);
		expect(rollout(object("DaemonSet", "ds", { desiredNumberScheduled: 0 }))).toEqual({
			done: false,
			message: "DaemonSet status.observedGeneration not found",
		});
	});

	it("passes on what its own pods say while it waits, but does not keep it for the error", () => {
		const waiting = { state: { waiting: { reason: "CreateContainerError", message: "not found" } } };
		const verdict = daemonSetAwaiter.judge({
			object: object("DaemonSet", "ds", { observedGeneration: 2, ...all, numberReady: 2 }),
			related: [unready(waiting, owned("ds")), unready(waiting, owned("another"))],
		});
		expect(verdict).toEqual({
			ready: false,
			failed: false,
			status: [
				"Ready: 2/3",
				"warning: [Pod ns/pod]: containers with unready status: [main][CreateContainerError] not found",
			],
			details: [],
		});
	});
});

describe("a Deployment", () => {
	const revision = (number: string, more: Bag = {}) => ({
		annotations: { "deployment.kubernetes.io/revision": number },
		...more,
	});
	const available = condition("Available", "True");
	const rolledOut = condition("Progressing", "True", { reason: "NewReplicaSetAvailable" });
	const deployment = (number: string, conditions: Bag[], more: Bag = {}) =>
		object("Deployment", "app", { observedGeneration: 2, conditions, ...more }, revision(number));
	const replicaSet = (number: string, ready: number | undefined, replicas = 2) =>
		object(
			"ReplicaSet",
			`set-${number}`,
			ready === undefined ? {} : { readyReplicas: ready },
			revision(number, owned("app")),
			{ replicas },
		);
	const judge = (object: Bag, ...related: Bag[]) => deploymentAwaiter.judge({ object, related });

	it("is ready when it is available and the replicas of its revision are; from the second on, when it has rolled over", () => {
		expect(judge(deployment("1", [available]), replicaSet("1", 2)).ready).toBe(true);
		expect(judge(deployment("1", [available]), replicaSet("1", 1)).ready).toBe(false);
		expect(judge(deployment("1", []), replicaSet("1", 2)).ready).toBe(false);
		expect(judge(deployment("2", [available]), replicaSet("2", 2)).ready).toBe(false);
		expect(judge(deployment("2", [available, rolledOut]), replicaSet("2", 2), replicaSet("1", 0)).ready).toBe(true);
		expect(judge(deployment("2", [available, rolledOut]), replicaSet("1", 2)).ready).toBe(false);
		expect(judge(deployment("1", [available]), replicaSet("1", undefined, 0)).ready).toBe(true);
		expect(judge(deployment("1", [available], { observedGeneration: 1 }), replicaSet("1", 2)).ready).toBe(false);
	});

	it("says what is missing, what its controller complains of, and what the pods of its revision say", () => {
		const stuck = condition("Progressing", "False", { reason: "ProgressDeadlineExceeded", message: "has timed out" });
		const waiting = { state: { waiting: { reason: "CreateContainerError", message: "not found" } } };
		const pods = [unready(waiting, owned("set-2")), unready(waiting, owned("set-1"))];
		const { details, failed } = judge(
			deployment("2", [
				condition("Available", "False", { reason: "MinimumReplicasUnavailable", message: "none" }),
				stuck,
			]),
			replicaSet("2", 0),
			...pods,
		);
		expect(failed).toBe(false);
		expect(details).toEqual([
			"[ProgressDeadlineExceeded] has timed out",
			"[MinimumReplicasUnavailable] none",
			"Minimum number of live Pods was not attained",
			"[Pod ns/pod]: containers with unready status: [main][CreateContainerError] not found",
		]);
		expect(judge(deployment("2", [available, rolledOut]), replicaSet("2", 1)).details).toEqual([
			"Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
		]);
	});
});

describe("a Job", () => {
	const judge = (status: Bag, ...related: Bag[]) => jobAwaiter.judge({ object: object("Job", "job", status), related });

	it("is ready when it is complete, and has failed when it has used up its tries", () => {
		expect(judge({}).status).toEqual(['Waiting for Job "ns/job" to start']);
		const started = { startTime: "2026-01-02T03:04:05Z", active: 1 };
		expect(judge(started).status).toEqual([
			'Waiting for Job "ns/job" to succeed (Active: 1 | Succeeded: 0 | Failed: 0)',
		]);
		expect(judge({ ...started, conditions: [condition("Complete", "True")] }).ready).toBe(true);
		const over = condition("Failed", "True", { reason: "BackoffLimitExceeded", message: "too many" });
		const ended = { state: { terminated: { reason: "Error", message: "its words", exitCode: 1 } } };
		expect(judge({ ...started, conditions: [over] }, unready(ended, owned("job")))).toMatchObject({
			ready: false,
			failed: true,
			details: [
				"[BackoffLimitExceeded] too many",
				"[Pod ns/pod]: containers with unready status: [main][Error] its words",
			],
		});
	});
});

describe("waiting", () => {
	const inputs = (annotations: Bag) => ({ metadata: { annotations } });

	it("takes its time limit from the resource's options, its annotation, or takes ten minutes", () => {
		expect(timeoutOf(5, inputs({ "pulumi.com/timeoutSeconds": "7" }))).toBe(5000);
		expect(timeoutOf(0, inputs({ "pulumi.com/timeoutSeconds": "7" }))).toBe(7000);
		expect(timeoutOf(0, inputs({ "pulumi.com/timeoutSeconds": "soon" }))).toBe(600_000);
		expect(timeoutOf(0, {})).toBe(600_000);
	});

	it("is left out where the program says so, and for kinds that need none", () => {
		const skip = inputs({ "pulumi.com/skipAwait": "true" });
		const set = object("DaemonSet", "ds", {});
		const map = { apiVersion: "v1", kind: "ConfigMap", metadata: {} };
		expect([awaiterOf({}, set), awaiterOf(skip, set), awaiterOf({}, map)]).toEqual([
			daemonSetAwaiter,
			undefined,
			undefined,
		]);
		expect([awaitsDeletion({}, set), awaitsDeletion(skip, set), awaitsDeletion(skip, map)]).toEqual([
			true,
			false,
			true,
		]);
	});
});
