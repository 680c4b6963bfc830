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

/**
 * A node without a machine: the test is its kubelet. The API server, the controllers and the scheduler are real and
 * take it for one: they place pods on it and count what it reports, which is whatever the test says.
 */
export class HandMadeNode {
	private running = true;
	private loop: Promise<void> | undefined;
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
			conditions: [
				{ type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: new Date().toISOString() },
			],
		});
		node.loop = node.run();
		return node;
	}

	async stop(): Promise<void> {
		this.running = false;
		await this.loop;
	}

	private async run(): Promise<void> {
		for (let beat = 0; this.running; beat++) {
			if (beat % 25 === 0) await this.heartbeat();
			// A pod that goes, or that a controller touches, at the same moment is met again in the next round.
			for (const pod of await this.pods()) await this.attend(pod).catch(() => undefined);
			await sleep(pollMs);
		}
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
		if (!report || this.reported.get(uid) === JSON.stringify(report)) return;
		await this.patchStatus("pod", name, statusOf(pod, report), namespace);
		this.reported.set(uid, JSON.stringify(report));
	}

	private async pods(): Promise<Pod[]> {
		const args = ["--all-namespaces", "--field-selector", `spec.nodeName=${this.name}`, "-o", "json"];
		return (JSON.parse(await this.plane.kubectl("get", "pods", ...args)) as { items: Pod[] }).items;
	}

	/** As a kubelet: a lease, without which the node would be taken for lost after 50 seconds. */
	private heartbeat(): Promise<unknown> {
		return this.plane.apply({
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: { name: this.name, namespace: "kube-node-lease" },
			spec: {
				holderIdentity: this.name,
				leaseDurationSeconds: 40,
				renewTime: new Date().toISOString().replace("Z", "000Z"),
			},
		});
	}

	private patchStatus(kind: string, name: string, status: unknown, namespace?: string): Promise<unknown> {
		const where = namespace ? ["--namespace", namespace] : [];
		const how = ["--subresource=status", "--type=strategic", "--patch", JSON.stringify({ status })];
		return this.plane.kubectl("patch", kind, name, ...where, ...how);
	}
}

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
