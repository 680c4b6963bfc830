import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";

/** What is read here of a loader's pod. */
export interface LoaderPod {
	metadata: { name: string; deletionTimestamp?: string };
	spec: {
		hostPID?: boolean;
		hostNetwork?: boolean;
		hostIPC?: boolean;
		automountServiceAccountToken?: boolean;
		securityContext: object;
		containers: { securityContext: object; volumeMounts: { name: string; readOnly?: boolean }[] }[];
		volumes: { name: string; hostPath?: { path: string } }[];
	};
}

const namespace = ["--namespace", "kube-system"];
const everyLoader = "app.kubernetes.io/name=pulumi-apparmor-loader";

/** For kubectl: what belongs to the loaders of all distributions. */
export const allLoaders = [...namespace, "--selector", everyLoader];

/** For kubectl: what belongs to the loaders of one distribution. */
export const loadersOf = (distribution: string) => [
	...namespace,
	"--selector",
	`${everyLoader},app.kubernetes.io/instance=${distribution}`,
];

/** The loader of a distribution on a node that is not being deleted; there must be one. */
export async function loaderOn(cluster: SandboxCluster, node: SandboxHost, distribution: string): Promise<LoaderPod> {
	const place = [...loadersOf(distribution), "--field-selector", `spec.nodeName=${node.name}`];
	const { items } = JSON.parse(await cluster.kubectl("get", "pods", ...place, "--output", "json"));
	const [pod, ...others] = (items as LoaderPod[]).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
	if (!pod || others.length > 0)
		throw new Error(`${node.name} has ${items.length} loaders of ${distribution}: ${JSON.stringify(items)}`);
	return pod;
}

/** What a loader has said so far; or, until its end, everything that it says. */
export function loaderLog(cluster: SandboxCluster, pod: LoaderPod, { follow = false } = {}): Promise<string> {
	return cluster.kubectl("logs", ...namespace, pod.metadata.name, ...(follow ? ["--follow"] : []));
}

/** What a loader sees of its node's files: those of /host and of some folders in there. */
export async function nodeFilesOf(cluster: SandboxCluster, pod: LoaderPod): Promise<string[]> {
	const list = "ls -d /host/* /host/etc/* /host/var/lib/* /host/proc/sys/* 2>/dev/null";
	return (await cluster.kubectl("exec", ...namespace, pod.metadata.name, "--", "sh", "-c", `${list}; true`)).split(
		"\n",
	);
}
