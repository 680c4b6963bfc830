import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { errorsOf } from "./errors-of";
import type { WantedObject } from "./programs/objects";
import { ObjectStack, operations } from "./standins-kubernetes";
import { HandMadeNode, type Pod, type Report } from "./standins-kubernetes-node";

let plane: ControlPlane;
let node: HandMadeNode;
let stack: ObjectStack;

beforeAll(async () => {
	plane = await startControlPlane();
	node = await HandMadeNode.start(plane, "hand-made");
});
afterAll(async () => {
	await node?.stop();
	await plane?.stop();
});
beforeEach(async () => {
	node.report = () => running;
	node.letsGo = true;
	stack = await ObjectStack.make({ kubeconfig: plane.kubeconfigText });
});
afterEach(async () => {
	node.letsGo = true;
	await stack.destroy();
	stack.remove();
});

const running: Report = { phase: "Running", ready: true };
const withoutProfile: Report = {
	phase: "Pending",
	ready: false,
	state: { waiting: { reason: "CreateContainerError", message: "apparmor profile not found myapp" } },
};
const failed: Report = {
	phase: "Failed",
	ready: false,
	state: { terminated: { exitCode: 1, reason: "Error", message: "myapp: line 3: no such abstraction" } },
};

const podTemplate = (image: string) => ({
	metadata: { labels: { app: "app" } },
	spec: {
		tolerations: [{ operator: "Exists" }],
		terminationGracePeriodSeconds: 0,
		containers: [{ name: "main", image }],
	},
});
const workload = (type: string, image: string, annotations: Record<string, string> = {}): WantedObject => ({
	name: "app",
	type,
	args: {
		metadata: { name: "app", annotations },
		spec: { selector: { matchLabels: { app: "app" } }, template: podTemplate(image) },
	},
});
const daemonSet = (image: string, annotations: Record<string, string> = {}) =>
	workload("apps.v1.DaemonSet", image, annotations);
const deployment = (image: string) => workload("apps.v1.Deployment", image);

/** For an update that must fail, of which no more than that is to be seen. */
const atOnce = { customTimeouts: { create: "5s", update: "5s" } };
/** For an update that must fail, but not before its pod has told why: on a busy machine that takes a while. */
const onceTold = { customTimeouts: { create: "30s", update: "30s" } };

const imageOf = (pod: Pod) => pod.spec.containers[0]?.image;
/** Until the node has had a pod to report on, as not ready: its workload is there, and is waited for. */
async function untilPodWaits(): Promise<void> {
	const report = vi.fn(() => withoutProfile);
	node.report = report;
	await vi.waitUntil(() => report.mock.calls.length > 0, { timeout: 200_000 });
}
const kubectlJson = async (...args: string[]) => JSON.parse(await plane.kubectl(...args, "-o", "json"));

describe("a DaemonSet", () => {
	it("is waited for until the node's pod is ready, at first and after a change; deleting it takes its pods along", async () => {
		const created = stack.up([daemonSet("one")]);
		await untilPodWaits();
		expect(await Promise.race([created, sleep(3000, "still waiting")])).toBe("still waiting");
		node.report = () => running;
		expect(operations(await created)).toEqual(["create app"]);

		const changedAt = Date.now();
		let readyAt = 0;
		const since = new Map<string, number>();
		node.report = (pod) => {
			if (imageOf(pod) === "one") return running;
			const seen = since.get(pod.metadata.uid) ?? Date.now();
			since.set(pod.metadata.uid, seen);
			if (Date.now() - seen < 3000) return withoutProfile;
			readyAt ||= Date.now();
			return running;
		};
		const updated = await stack.up([daemonSet("two")]);
		expect(operations(updated)).toEqual(["update app"]);
		expect([readyAt > changedAt, Date.now() >= readyAt]).toEqual([true, true]);
		expect((await kubectlJson("get", "daemonset", "app")).status).toMatchObject({
			desiredNumberScheduled: 1,
			updatedNumberScheduled: 1,
			numberReady: 1,
		});
		expect(operations(await stack.up([daemonSet("two")]))).toEqual(["same app"]);

		await stack.destroy();
		expect((await kubectlJson("get", "pods")).items).toEqual([]);
	});

	it("that does not become ready in time fails, is kept in the state, and is tried again by the next update", async () => {
		node.report = () => withoutProfile;
		const error = await stack.upError([{ ...daemonSet("one"), options: onceTold }]);
		expect(errorsOf(error, "app")).toContain(
			"was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: timed out waiting for the condition",
		);
		// The pods' own words are shown while it waits.
		expect(error.stdout).toContain("[CreateContainerError] apparmor profile not found myapp");
		expect((await stack.stored("app")).id).toBe("default/app");
		const second = await stack.upError([{ ...daemonSet("one"), options: atOnce }]);
		expect(errorsOf(second, "app")).toContain(
			'the Kubernetes API server reported that "default/app" failed to fully initialize or become live: timed out waiting for the condition',
		);
		node.report = () => running;
		expect(operations(await stack.up([daemonSet("one")]))).toEqual(["update app"]);
		expect(operations(await stack.up([daemonSet("one")]))).toEqual(["same app"]);
	});

	it("whose update is cancelled is not waited for any longer, and is kept in the state", async () => {
		const cancel = new AbortController();
		const ended = stack.upError([daemonSet("one")], { signal: cancel.signal });
		await untilPodWaits();
		const cancelled = Date.now();
		cancel.abort();
		await ended;
		expect(Date.now() - cancelled).toBeLessThan(200_000);
		expect((await stack.stored("app")).id).toBe("default/app");
	});

	it("that is not ready any more is reported by a refresh, and the next update waits for it", async () => {
		await stack.up([daemonSet("one")]);
		node.report = () => withoutProfile;
		await expect
			.poll(async () => (await kubectlJson("get", "daemonset", "app")).status.numberReady, { timeout: 200_000 })
			.toBe(0);
		await stack.refresh();
		expect((await stack.stored("app")).initErrors).toEqual(["Resource 'app' was created but failed to initialize"]);
		node.report = () => running;
		expect(operations(await stack.up([daemonSet("one")]))).toEqual(["update app"]);
	});

	it("is not waited for where its program says so, nor longer than the resource's options allow", async () => {
		node.report = () => withoutProfile;
		const skipping = daemonSet("one", { "pulumi.com/skipAwait": "true" });
		expect(operations(await stack.up([skipping]))).toEqual(["create app"]);
		const started = Date.now();
		const error = await stack.upError([{ ...daemonSet("two"), options: atOnce }]);
		expect(errorsOf(error, "app")).toContain("timed out waiting for the condition");
		expect(Date.now() - started).toBeLessThan(200_000);
	});
});

describe("other workloads", () => {
	it("a Deployment: waited for through a rollout; an error has the pods' own words", async () => {
		expect(operations(await stack.up([deployment("one")]))).toEqual(["create app"]);
		expect((await kubectlJson("get", "deployment", "app")).status.readyReplicas).toBe(1);
		expect(operations(await stack.up([deployment("two")]))).toEqual(["update app"]);
		const { items } = (await kubectlJson("get", "pods", "-l", "app=app")) as { items: Pod[] };
		expect(items.filter(({ status }) => status?.phase === "Running").map(imageOf)).toContain("two");
		node.report = (pod) => (imageOf(pod) === "three" ? withoutProfile : running);
		const error = await stack.upError([{ ...deployment("three"), options: onceTold }]);
		const words = errorsOf(error, "app");
		expect(words).toContain("'app' timed out waiting to be Ready");
		expect(words).toContain(
			"containers with unready status: [main][CreateContainerError] apparmor profile not found myapp",
		);
	});

	it("a Job: waited for until it is complete; one that fails does so at once, with its pods' own words", async () => {
		const job = (name: string): WantedObject => ({
			name,
			type: "batch.v1.Job",
			args: {
				metadata: { name },
				spec: {
					backoffLimit: 0,
					template: { ...podTemplate(name), spec: { ...podTemplate(name).spec, restartPolicy: "Never" } },
				},
			},
		});
		node.report = (pod) =>
			imageOf(pod) === "good"
				? {
						phase: "Succeeded",
						ready: false,
						state: { terminated: { exitCode: 0, reason: "Completed" } },
					}
				: failed;
		expect(operations(await stack.up([job("good")]))).toEqual(["create good"]);
		const started = Date.now();
		const error = await stack.upError([job("good"), job("bad")]);
		expect(Date.now() - started).toBeLessThan(200_000);
		const words = errorsOf(error, "bad");
		expect(words).toContain("Resource 'bad' was created but failed to initialize");
		expect(words).toContain("[BackoffLimitExceeded] Job has reached the specified backoff limit");
		expect(words).toContain("[Error] myapp: line 3: no such abstraction");
	});

	it("a Pod: waited for until it is ready; an error has its own words", async () => {
		const pod: WantedObject = {
			name: "app",
			type: "core.v1.Pod",
			args: { metadata: { name: "app" }, spec: podTemplate("one").spec },
		};
		node.report = () => withoutProfile;
		const error = await stack.upError([{ ...pod, options: onceTold }]);
		expect(errorsOf(error, "app")).toContain("'app' timed out waiting to be Ready");
		expect(errorsOf(error, "app")).toContain("[CreateContainerError] apparmor profile not found myapp");
		node.report = () => running;
		expect(operations(await stack.up([pod]))).toEqual(["update app"]);
		await stack.destroy();
		expect((await kubectlJson("get", "pods")).items).toEqual([]);
	});
});

describe("deleting", () => {
	it("waits until the object is gone, and says what may keep it when it stays", async () => {
		const annotations = { "pulumi.com/timeoutSeconds": "5" };
		const held: WantedObject = {
			name: "held",
			type: "core.v1.ConfigMap",
			args: { metadata: { name: "held", finalizers: ["example.com/hold"], annotations } },
		};
		await stack.up([held]);
		const error = await stack.destroy().catch((failure: Error) => failure);
		expect((error as Error).message).toContain("timed out waiting for the condition");
		expect(JSON.stringify(error)).toContain("finalizers might be preventing deletion (example.com/hold");
		await plane.kubectl("patch", "configmap", "held", "--type=merge", "--patch", '{"metadata":{"finalizers":null}}');
		expect(operations(await stack.destroy())).toEqual(["delete held"]);
		expect(await plane.kubectl("get", "configmap", "held", "--ignore-not-found")).toBe("");
	});

	it("leaves a workload's pods where its propagation policy says so", async () => {
		const orphaning = daemonSet("one", { "pulumi.com/deletionPropagationPolicy": "orphan" });
		await stack.up([orphaning]);
		await stack.destroy();
		expect((await kubectlJson("get", "pods")).items).toHaveLength(1);
		await plane.kubectl("delete", "pods", "--all", "--wait=false");
	});
});
