import { findHost, type SandboxHost } from "../host";
import { onAbruptEnd } from "../interrupt";
import { clusterBinaries } from "./binaries";
import { ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane";
import { startNode, waitForNode } from "./node";
import { nodeImage } from "./node-image";
import { isClusterInUse, readCluster, removeCluster } from "./state";

export interface ClusterOptions extends ControlPlaneOptions {
	/** How many nodes it has from the start: 1 without. */
	nodes?: number;
}

/** A throw-away Kubernetes cluster whose nodes are sandbox hosts with a real AppArmor kernel. */
export class SandboxCluster {
	readonly name: string;
	/** The administrator's kubeconfig, a file that only this user can read. */
	readonly kubeconfig: string;
	/** Its nodes in the order of their start; each one's name is its node's name too. */
	readonly nodes: SandboxHost[];

	/** Use `startCluster` or `findCluster`. */
	constructor(
		readonly controlPlane: ControlPlane,
		nodes: SandboxHost[] = [],
		private readonly afterStop?: () => void,
	) {
		this.name = controlPlane.name;
		this.kubeconfig = controlPlane.kubeconfig;
		this.nodes = nodes;
	}

	/** The kubeconfig's text, as a Pulumi provider takes it. */
	get kubeconfigText(): string {
		return this.controlPlane.kubeconfigText;
	}

	/** Runs kubectl as the cluster's administrator and resolves with what it prints; throws with its words. */
	kubectl(...args: string[]): Promise<string> {
		return this.controlPlane.kubectl(...args);
	}

	/** Applies objects, as manifests or as their text in YAML or JSON. */
	apply(...objects: (object | string)[]): Promise<string> {
		return this.controlPlane.apply(...objects);
	}

	/** Starts one more node and waits until it is Ready. */
	async addNode(): Promise<SandboxHost> {
		const node = await startNode(this.controlPlane);
		this.nodes.push(node);
		return node;
	}

	/** Waits until a node is Ready again whose host was rebooted, or had no power. */
	waitForNode(node: SandboxHost): Promise<void> {
		return waitForNode(this.controlPlane, node);
	}

	/** Ends its nodes and its control plane and removes everything of them. */
	async stop(): Promise<void> {
		await Promise.all(this.nodes.map((node) => node.stop()));
		await this.controlPlane.stop();
		this.afterStop?.();
	}

	/** Ends this process's connections; the cluster stays. */
	disconnect(): void {
		for (const node of this.nodes) node.disconnect();
	}
}

/**
 * Starts a cluster and waits until its nodes are Ready. Unless kept, it ends with this process at the latest. Pods name
 * the images "sandbox/busybox", "sandbox/loader" and "sandbox/myapp", with `imagePullPolicy: Never`.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<SandboxCluster> {
	const { nodes = 1, ...planeOptions } = options;
	if (!Number.isInteger(nodes) || nodes < 0) throw new Error(`nodes: ${nodes} is not a number of nodes`);
	// Before anything runs that would wait for it.
	if (nodes > 0) await nodeImage();
	const controlPlane = await startControlPlane(planeOptions);
	const stays = onAbruptEnd(() => removeCluster(controlPlane.name));
	const cluster = new SandboxCluster(controlPlane, [], stays);
	try {
		const joined = await Promise.allSettled(Array.from({ length: nodes }, () => cluster.addNode()));
		for (const result of joined) if (result.status === "rejected") throw result.reason;
		cluster.nodes.sort((a, b) => controlPlane.state.nodes.indexOf(a.name) - controlPlane.state.nodes.indexOf(b.name));
		if (planeOptions.keep) stays();
		return cluster;
	} catch (error) {
		await cluster.stop();
		throw error;
	}
}

/** A cluster that is running already, by its name. */
export async function findCluster(name: string): Promise<SandboxCluster | undefined> {
	const state = readCluster(name);
	if (!state || !isClusterInUse(state)) return undefined;
	const hosts = state.nodes.map((node) => findHost(node)).filter((host) => host !== undefined);
	return new SandboxCluster(new ControlPlane(state, (await clusterBinaries()).kubectl), hosts);
}
