import type { SandboxCluster } from "../../cluster";

export interface Pod {
	name: string;
	node: string;
	ip: string;
	ready: boolean;
	/** When its container was started, to the second; as Kubernetes writes it. */
	startedAt: string;
}

interface PodObject {
	metadata: { name: string; deletionTimestamp?: string };
	spec: { nodeName?: string };
	status: {
		podIP?: string;
		containerStatuses?: { ready: boolean; state: { running?: { startedAt: string } } }[];
	};
}

export const loaders = { namespace: "kube-system", selector: "app.kubernetes.io/name=pulumi-apparmor-loader" };
export const application = { namespace: "default", selector: "app=myapp" };

/** The pods that a selector chooses and that nobody is ending, by the names of their nodes. */
export async function podsOf(cluster: SandboxCluster, { namespace, selector }: typeof loaders): Promise<Pod[]> {
	const listed = await cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "json");
	return (JSON.parse(listed) as { items: PodObject[] }).items
		.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
		.map(({ metadata, spec, status }) => ({
			name: metadata.name,
			node: spec.nodeName ?? "",
			ip: status.podIP ?? "",
			ready: status.containerStatuses?.[0]?.ready ?? false,
			startedAt: status.containerStatuses?.[0]?.state.running?.startedAt ?? "",
		}))
		.sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** Waits for the pod on a node to be ready. */
export async function readyPod(cluster: SandboxCluster, node: string, kind: typeof loaders): Promise<Pod> {
	const end = Date.now() + 240_000;
	for (;;) {
		const pod = (await podsOf(cluster, kind)).find((one) => one.node === node && one.ready);
		if (pod) return pod;
		if (Date.now() > end) throw new Error(`node ${node} has no ready pod with ${kind.selector} after 240 s`);
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

/** When a loader has said that a profile is loaded, as its node's clock has it. */
export async function loadedAt(cluster: SandboxCluster, loader: Pod, profile: string): Promise<Date> {
	const log = await cluster.kubectl("logs", "-n", loaders.namespace, loader.name, "--timestamps");
	const line = log.split("\n").find((one) => one.includes(`${profile} is loaded in `));
	if (line === undefined) throw new Error(`${loader.name} has not said that it loaded ${profile}:\n${log}`);
	return new Date(line.slice(0, line.indexOf(" ")));
}
