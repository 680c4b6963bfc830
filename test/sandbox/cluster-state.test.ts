import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
	checkClusterName,
	claimCluster,
	clusterFolder,
	listClusters,
	readCluster,
	removeCluster,
	removeStaleClusters,
	writeCluster,
} from "../../sandbox/cluster/state";
import { identifyProcess, isAlive, killAndWait, type ProcessId } from "../../sandbox/process";
import { claimHost, hostFolder, writeState } from "../../sandbox/state";

let cache: string;
const children: ChildProcess[] = [];

beforeEach(() => {
	cache = mkdtempSync(join(tmpdir(), "sandbox-cluster-state-"));
	process.env.PULUMI_APPARMOR_CACHE = cache;
});

afterEach(() => {
	delete process.env.PULUMI_APPARMOR_CACHE;
	for (const child of children.splice(0)) child.kill("SIGKILL");
	rmSync(cache, { recursive: true, force: true });
});

/** A process that lives until the test's end, in the place of a component or of QEMU. */
function sleeper(): ProcessId {
	const child = spawn("sleep", ["600"], { stdio: "ignore" });
	children.push(child);
	const id = identifyProcess(child.pid as number);
	if (!id) throw new Error("no process");
	return id;
}

const image = { release: "trixie", disk: "d", kernel: "k", initrd: "i", packages: "p" } as const;

/** A cluster as it is once its starter has left it: no owner, two components. */
function kept(name: string): Record<string, ProcessId> {
	const components = { etcd: sleeper(), "kube-apiserver": sleeper() };
	const { owner: _, ...state } = claimCluster({ name, keep: true });
	writeCluster({ ...state, components });
	return components;
}

it("refuses a name that is in use, and says how to end that cluster", () => {
	kept("a");
	expect(() => claimCluster({ name: "a", keep: false })).toThrow(
		/a cluster named "a" \(since .*\) is running: .*sandbox -- cluster down a/s,
	);
	expect(listClusters().map(({ name }) => name)).toEqual(["a"]);
});

it("can be read by its own user only", () => {
	kept("a");
	expect(statSync(clusterFolder("a")).mode & 0o077).toBe(0);
	expect(statSync(join(cache, "clusters")).mode & 0o077).toBe(0);
});

it("stays while one component runs, and is removed with its name free again when none does", async () => {
	const { etcd, "kube-apiserver": apiServer } = kept("a");
	await killAndWait(etcd);
	removeStaleClusters();
	expect(readCluster("a")).toBeDefined();
	await killAndWait(apiServer);
	removeStaleClusters();
	expect(existsSync(clusterFolder("a"))).toBe(false);
	expect(claimCluster({ name: "a", keep: false }).components).toEqual({});
});

it("takes its components and its nodes with it, and nothing of another cluster", async () => {
	const mine = kept("a");
	const other = kept("b");
	const qemu = sleeper();
	const { owner: _, ...host } = claimHost({ name: "a-node1", release: "trixie", image, keep: true });
	writeState({ ...host, qemu });
	// The second one has gone before.
	writeCluster({ ...claimed("a"), nodes: ["a-node1", "a-node2"] });
	removeCluster("a");
	for (const gone of [...Object.values(mine), qemu])
		await expect.poll(() => isAlive(gone), { timeout: 60_000 }).toBe(false);
	for (const there of Object.values(other)) expect(isAlive(there)).toBe(true);
	expect(existsSync(hostFolder("a-node1"))).toBe(false);
	expect(listClusters().map((cluster) => cluster.name)).toEqual(["b"]);
});

function claimed(name: string) {
	const state = readCluster(name);
	if (!state) throw new Error(`no cluster ${name}`);
	return state;
}

it.each(["cluster", "a", "x".repeat(32)])("accepts %j as a name", (name) => {
	expect(checkClusterName(name)).toBe(name);
});

it.each(["", "-a", "a-", "A", "a.b", "../a", "1a", "x".repeat(33), "a\n"])("refuses %j as a name", (name) => {
	expect(() => checkClusterName(name)).toThrow("name: ");
});
