import { distributionLabel, loaderName, statusContainer } from "./status-place";

/** A distribution's DaemonSet in a cluster, and its pods. */
export interface FoundDistribution {
	name: string;
	namespace: string;
	daemonSet: string;
	/** How many nodes it is for, as the cluster counts them. */
	wantedNodes: number;
	/** The cluster has not counted yet what the last change of the DaemonSet makes of it. */
	pending: boolean;
	loaders: FoundLoader[];
}

/** A loader's pod. */
export interface FoundLoader {
	pod: string;
	/** Its node, or the one that it is meant for; undefined where the cluster has not said. */
	node: string | undefined;
	/** Milliseconds since 1970. */
	created: number;
	/** It was made from an older revision of the DaemonSet, which not all nodes have left. */
	outdated: boolean;
	deleted: boolean;
	ready: boolean;
	/** Its container runs, and so can be asked. */
	running: boolean;
	/** Its container has never run, and nothing has gone wrong so far. */
	starting: boolean;
	/** What Kubernetes says of a container that does not run, or why it ended last; the node's own words where it has some. */
	problem: string | undefined;
}

/** What is read here of a DaemonSet or a pod, of all that `kubectl get --output json` shows. */
export interface KubernetesObject {
	kind: string;
	metadata: {
		name: string;
		namespace: string;
		uid: string;
		generation?: number;
		creationTimestamp?: string;
		deletionTimestamp?: string;
		labels?: Record<string, string>;
		annotations?: Record<string, string>;
		ownerReferences?: { uid: string }[];
	};
	spec?: { nodeName?: string; affinity?: Affinity };
	status?: DaemonSetStatus & PodStatus;
}

interface DaemonSetStatus {
	observedGeneration?: number;
	desiredNumberScheduled?: number;
	updatedNumberScheduled?: number;
}

interface PodStatus {
	phase?: string;
	reason?: string;
	message?: string;
	conditions?: { type: string; status: string; reason?: string; message?: string }[];
	containerStatuses?: ContainerStatus[];
}

interface ContainerStatus {
	name: string;
	state?: ContainerState;
	lastState?: ContainerState;
}

interface ContainerState {
	running?: object;
	waiting?: { reason?: string; message?: string };
	terminated?: { reason?: string; message?: string; exitCode?: number };
}

interface Affinity {
	nodeAffinity?: {
		requiredDuringSchedulingIgnoredDuringExecution?: {
			nodeSelectorTerms?: { matchFields?: { key: string; values?: string[] }[] }[];
		};
	};
}

/** The distributions among a cluster's DaemonSets and pods, by namespace and name. */
export function findDistributions(objects: readonly KubernetesObject[]): FoundDistribution[] {
	const owned = new Map<string, KubernetesObject[]>();
	for (const pod of objects.filter(({ kind }) => kind === "Pod")) {
		for (const { uid } of pod.metadata.ownerReferences ?? []) {
			const pods = owned.get(uid);
			if (pods) pods.push(pod);
			else owned.set(uid, [pod]);
		}
	}
	return objects
		.filter(({ kind, metadata }) => kind === "DaemonSet" && metadata.labels?.["app.kubernetes.io/name"] === loaderName)
		.map((daemonSet) => distribution(daemonSet, owned.get(daemonSet.metadata.uid) ?? []))
		.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function distribution({ metadata, status = {} }: KubernetesObject, pods: KubernetesObject[]): FoundDistribution {
	const wantedNodes = status.desiredNumberScheduled ?? 0;
	const rollsOut = (status.updatedNumberScheduled ?? 0) < wantedNodes;
	const revision = metadata.annotations?.["deprecated.daemonset.template.generation"];
	return {
		name: metadata.labels?.[distributionLabel] ?? metadata.name,
		namespace: metadata.namespace,
		daemonSet: metadata.name,
		wantedNodes,
		pending: (status.observedGeneration ?? 0) < (metadata.generation ?? 0),
		// Pods of a revision that was rolled back to keep its number: only the cluster's own count tells them.
		loaders: pods.map((pod) => loader(pod, rollsOut && pod.metadata.labels?.["pod-template-generation"] !== revision)),
	};
}

function loader(pod: KubernetesObject, outdated: boolean): FoundLoader {
	const { metadata, spec = {}, status = {} } = pod;
	const container = status.containerStatuses?.find(({ name }) => name === statusContainer);
	return {
		pod: metadata.name,
		node: spec.nodeName ?? intendedNode(spec.affinity),
		created: Date.parse(metadata.creationTimestamp ?? "") || 0,
		outdated,
		deleted: metadata.deletionTimestamp !== undefined,
		ready: status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false,
		running: container?.state?.running !== undefined,
		starting: isStarting(container?.state?.waiting?.reason),
		problem: container === undefined ? withoutContainer(status) : containerProblem(container),
	};
}

/** The DaemonSet controller says by an affinity which node a pod is for, before the scheduler places it. */
function intendedNode(affinity: Affinity | undefined): string | undefined {
	const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
	const fields = terms.flatMap(({ matchFields = [] }) => matchFields);
	return fields.find(({ key }) => key === "metadata.name")?.values?.[0];
}

function withoutContainer({ phase = "Pending", reason, message, conditions = [] }: PodStatus): string {
	if (reason !== undefined || message !== undefined) return words(reason, message);
	const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
	return unscheduled ? words(unscheduled.reason, unscheduled.message) : phase;
}

function containerProblem({ state = {}, lastState = {} }: ContainerStatus): string | undefined {
	// What the loader wrote as it ended says more than that Kubernetes waits before it starts it again.
	const { terminated = lastState.terminated, waiting } = state;
	if (terminated?.message) return terminated.message.trim();
	if (waiting) return words(waiting.reason, waiting.message);
	return terminated && `it ended with exit code ${terminated.exitCode ?? "?"} (${terminated.reason ?? "no reason"})`;
}

const isStarting = (reason: string | undefined) => reason === "ContainerCreating" || reason === "PodInitializing";

const words = (reason: string | undefined, message: string | undefined) =>
	[reason, message?.trim()].filter(Boolean).join(": ");
