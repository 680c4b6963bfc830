import type { KubernetesObject } from "../../src/cluster/status-loaders";

/** As the API server shows a distribution's DaemonSet, as far as it is read. */
export function daemonSet(name: string, wanted: number, more: object = {}, generation = 1): KubernetesObject {
	return {
		kind: "DaemonSet",
		metadata: {
			name: `${name}-loader-1a2b`,
			namespace: "kube-system",
			uid: `uid-${name}`,
			generation,
			labels: { "app.kubernetes.io/name": "pulumi-apparmor-loader", "app.kubernetes.io/instance": name },
			annotations: { "deprecated.daemonset.template.generation": String(generation) },
		},
		status: {
			observedGeneration: generation,
			desiredNumberScheduled: wanted,
			updatedNumberScheduled: wanted,
			...more,
		},
	};
}

interface PodDetails {
	generation?: number;
	created?: string;
	deleted?: true;
	ready?: boolean;
	state?: object;
	lastState?: object;
}

/** As the API server shows a loader's pod on a node; its container runs, and is ready, unless told otherwise. */
export function pod(distribution: string, node: string, name: string, details: PodDetails = {}): KubernetesObject {
	const { generation = 1, created = "2026-11-24T10:00:00Z", deleted, ready = true } = details;
	const { state = { running: {} }, lastState = {} } = details;
	return {
		kind: "Pod",
		metadata: {
			name,
			namespace: "kube-system",
			uid: `uid-${name}`,
			creationTimestamp: created,
			...(deleted ? { deletionTimestamp: created } : {}),
			labels: { "pod-template-generation": String(generation) },
			ownerReferences: [{ uid: `uid-${distribution}` }],
		},
		spec: { nodeName: node },
		status: {
			phase: "Running",
			conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
			containerStatuses: [{ name: "loader", state, lastState }],
		},
	};
}

/** As a loader's file has it. */
export function report(profiles: object[], more: object = {}): string {
	const whole = { node: "n", owner: "o/p/s/d", state: "loaded", message: "", profiles, retired: [], ...more };
	return `${JSON.stringify(whole)}\n`;
}

export const hash = "0123456789abcdef".repeat(4);

export function profile(name: string, mode: string | null = "enforce", more: object = {}): object {
	return { name, declaredMode: "enforce", mode, policyHash: hash, ok: true, error: null, ...more };
}
