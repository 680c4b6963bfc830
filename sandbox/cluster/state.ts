import { rmSync } from "node:fs";
import { cachePath } from "../../setup/cache";
import { claimFolder, claimNames, readClaim, staleClaims, writeClaim } from "../claim";
import { identifyProcess, isAlive, killNow, type ProcessId } from "../process";
import { removeHost } from "../state";

/** What is known on disk about a cluster; the folder around it holds its keys, its data and its logs. */
export interface ClusterState {
	name: string;
	/** It stays until `cluster down`; else it ends with its owner. */
	keep: boolean;
	/** The process that starts or uses the cluster; none once a kept one runs. */
	owner?: ProcessId;
	/** The control plane's processes by the component's name. */
	components: Record<string, ProcessId>;
	/** The API server's port on loopback. */
	port?: number;
	/** The names of its nodes, of those that are gone too; each is a sandbox host of the same name. */
	nodes: string[];
	startedAt: string;
}

export function clusterFolder(name: string): string {
	return cachePath("clusters", name);
}

/** A node's name is made of it, and has to be a host name. */
export function checkClusterName(name: string): string {
	if (/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) return name;
	throw new Error(
		`name: "${name}" is not a cluster's name: use a-z, 0-9 and "-", starting with a letter, at most 32 long`,
	);
}

export function readCluster(name: string): ClusterState | undefined {
	return readClaim(clusterFolder(name));
}

export function writeCluster(state: ClusterState): void {
	writeClaim(clusterFolder(state.name), state);
}

export function isClusterInUse(state: ClusterState | undefined): boolean {
	return state !== undefined && (isAlive(state.owner) || Object.values(state.components).some(isAlive));
}

export function listClusters(): ClusterState[] {
	return claimNames(cachePath("clusters"))
		.map((name) => readCluster(name))
		.filter((state) => state !== undefined);
}

/** Ends what is left of a cluster and removes every file of it. Synchronous, for use while a process exits. */
export function removeCluster(name: string): void {
	const state = readCluster(name);
	for (const node of state?.nodes ?? []) removeHost(node);
	for (const component of Object.values(state?.components ?? {})) killNow(component);
	rmSync(clusterFolder(name), { recursive: true, force: true });
}

/** Removes clusters whose processes are gone: after a crash, a kill or a reboot of this machine. */
export function removeStaleClusters(): void {
	const stale = staleClaims(cachePath("clusters"), (name) => isClusterInUse(readCluster(name)));
	for (const name of stale) removeCluster(name);
}

/** Takes a name for a new cluster of this process; its folder then exists, with its state in it. */
export function claimCluster(cluster: Pick<ClusterState, "name" | "keep">): ClusterState {
	removeStaleClusters();
	const owner = identifyProcess(process.pid);
	const startedAt = new Date().toISOString();
	const state: ClusterState = { ...cluster, owner, components: {}, nodes: [], startedAt };
	try {
		claimFolder(clusterFolder(state.name), state);
	} catch (error) {
		const taken = readCluster(state.name);
		if (!taken) throw error;
		throw new Error(
			`a cluster named "${taken.name}" (since ${taken.startedAt}) is running: use it, ` +
				`end it with "npm run sandbox -- cluster down ${taken.name}", or choose another --name`,
		);
	}
	return state;
}
