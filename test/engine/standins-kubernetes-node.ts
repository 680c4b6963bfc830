import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../sandbox/cluster";

export interface Pod {
	metadata: {
		name: string;
		namespace: string;
		uid: string;
		labels?: Record<string, string>;
		deletionTimestamp?: string;
		generation?: number;
	};
	spec: { nodeName?: string; containers: { name: string; image: string }[] };
	status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

/** What a node reports of a pod. */
export interface Report {
	phase: "Pending" | "Running" | "Succeeded" | "Failed";
	ready: boolean;
	/** Of its first container. */
	state?: Record<string, unknown>;
	lastState?: Record<string, unknown>;
}

const pollMs = 200;
/** As often as kubelets do; a node that is silent for 50 seconds is taken for lost. */
const heartbeatMs = 10_000;

/**
 * A node without a machine: the test is its kubelet. The API server, the controllers and the scheduler are real and
 * take it for one: they place pods on it and count what it reports, which is whatever the test says.
 */
export class HandMadeNode {
	private readonly stopping = new AbortController();
	private loops: Promise<void>[] = [];
	/** What to report of a pod; nothing leaves it as it is. */
	report: (pod: Pod) => Report | undefined = () => undefined;
	/** Whether pods that shall end do. */
	letsGo = true;

	private constructor(
		private readonly plane: ControlPlane,
		readonly name: string,
	) {}

	static async start(plane: ControlPlane, name: string): Promise<HandMadeNode> {
		const node = new HandMadeNode(plane, name);
		const amounts = { cpu: "4", memory: "4Gi", pods: "110" };
		// As every kubelet labels its node.
		const labels = { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name };
		await plane.apply({ apiVersion: "v1", kind: "Node", metadata: { name, labels } });
		await node.patchStatus("node", name, {
			capacity: amounts,
			allocatable: amounts,
			conditions: [readyNow()],
		});
		node.loops = [node.repeat(pollMs, () => node.attendAll()), node.repeat(heartbeatMs, () => node.heartbeat())];
		return node;
	}

	async stop(): Promise<void> {
		this.stopping.abort();
		await Promise.all(this.loops);
	}

	/** Does the same again and again until the node stops; an error is told, and may be gone at the next time. */
	private async repeat(pauseMs: number, work: () => Promise<unknown>): Promise<void> {
		const { signal } = this.stopping;
		while (!signal.aborted) {
			await work().catch((error: Error) => console.error(`node ${this.name}: ${error.message}`));
			await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
		}
	}

	private async attendAll(): Promise<void> {
		// A pod that goes, or that a controller touches, at the same moment is met again in the next round.
		for (const pod of await this.pods()) await this.attend(pod).catch(() => undefined);
	}

	private readonly reported = new Map<string, string>();

	private async attend(pod: Pod): Promise<void> {
		const { name, namespace, uid, deletionTimestamp } = pod.metadata;
		if (deletionTimestamp) {
			const args = ["--namespace", namespace, "--grace-period=0", "--force", "--ignore-not-found", "--wait=false"];
			if (this.letsGo) await this.plane.kubectl("delete", "pod", name, ...args);
			return;
		}
		if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return;
		const report = this.report(pod);
		if (!report) return;
		// Of a node that it takes for lost, a controller sets the pods unready: that is put right, too.
		const isReady = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
		if (this.reported.get(uid) === JSON.stringify(report) && isReady === report.ready) return;
		await this.patchStatus("pod", name, statusOf(pod, report), namespace);
		this.reported.set(uid, JSON.stringify(report));
	}

	private async pods(): Promise<Pod[]> {
		const args = ["--all-namespaces", "--field-selector", `spec.nodeName=${this.name}`, "-o", "json"];
		return (JSON.parse(await this.plane.kubectl("get", "pods", ...args)) as { items: Pod[] }).items;
	}

	/** The time in the node's condition, as kubelets without a lease; a node that was taken for lost is back with it. */
	private heartbeat(): Promise<unknown> {
		return this.patchStatus("node", this.name, { conditions: [readyNow()] });
	}

	private patchStatus(kind: string, name: string, status: unknown, namespace?: string): Promise<unknown> {
		const where = namespace ? ["--namespace", namespace] : [];
		const how = ["--subresource=status", "--type=strategic", "--patch", JSON.stringify({ status })];
		return this.plane.kubectl("patch", kind, name, ...where, ...how);
	}
}

const readyNow = () => ({
	type: "Ready",
	status: "True",
	reason: "KubeletReady",
	lastHeartbeatTime: new Date().toISOString(),
});

function statusOf(pod: Pod, { phase, ready, state, lastState }: Report): unknown {
	const time = new Date().toISOString();
	const condition = (type: string, is: boolean, more: Record<string, string> = {}) => ({
		type,
		status: is ? "True" : "False",
		lastTransitionTime: time,
		...more,
	});
	const [container] = pod.spec.containers;
	const unready: Record<string, string> = ready
		? {}
		: { reason: "ContainersNotReady", message: `containers with unready status: [${container?.name}]` };
	return {
		phase,
		conditions: [
			condition("Initialized", true),
			condition("Ready", ready, unready),
			condition("ContainersReady", ready, unready),
		],
		startTime: time,
		containerStatuses: [
			{
				name: container?.name,
				image: container?.image,
				imageID: "",
				ready,
				restartCount: 0,
				state: state ?? { running: { startedAt: time } },
				...(lastState ? { lastState } : {}),
			},
		],
	};
}
