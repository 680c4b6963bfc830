import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Component, startComponent } from "../../sandbox/cluster/component";
import { claimCluster, readCluster, removeCluster } from "../../sandbox/cluster/state";
import { isAlive } from "../../sandbox/process";

const cache = mkdtempSync(join(tmpdir(), "sandbox-cluster-component-"));

beforeAll(() => {
	process.env.PULUMI_APPARMOR_CACHE = cache;
});
afterEach(() => removeCluster("a"));
afterAll(() => {
	delete process.env.PULUMI_APPARMOR_CACHE;
	rmSync(cache, { recursive: true });
});

function component(script: string, isReady: Component["isReady"]): Component {
	return { name: "etcd", program: "sh", args: ["-c", script], isReady };
}

it("is noted as the cluster's own while it runs", async () => {
	const state = claimCluster({ name: "a", keep: false });
	let asked = 0;
	await startComponent(
		state,
		component("exec sleep 600", async () => ++asked === 3),
	);
	expect(asked).toBe(3);
	const id = readCluster("a")?.components.etcd;
	expect(isAlive(id)).toBe(true);
	removeCluster("a");
	await expect.poll(() => isAlive(id), { timeout: 60_000 }).toBe(false);
});

it("that ends before it is ready is an error with the end of its log", async () => {
	const state = claimCluster({ name: "a", keep: false });
	const broken = component("echo 'listen: address in use' >&2; exit 1", async () => {
		throw new Error("connection refused");
	});
	await expect(startComponent(state, broken)).rejects.toThrow(
		/^cluster a: etcd has ended; its log ended with:\nlisten: address in use$/,
	);
});
