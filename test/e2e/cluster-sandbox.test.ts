import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxCluster, startCluster, startControlPlane } from "../../sandbox/cluster";
import { clusterFolder, readCluster } from "../../sandbox/cluster/state";
import { isAlive, type ProcessId } from "../../sandbox/process";
import { hostFolder } from "../../sandbox/state";

const root = join(__dirname, "..", "..");

/** Runs a TypeScript program, or a piece of one, as the npm scripts do. */
const tsx = (...args: string[]) =>
	execa("tsx", ["--conditions=import", ...args], { cwd: root, preferLocal: true, localDir: root });

function processes(name: string): ProcessId[] {
	return Object.values(readCluster(name)?.components ?? {});
}

interface Container {
	image: string;
	command?: string[];
	securityContext?: object;
}

/** A pod of one container, on one node. */
function pod(name: string, node: string, container: Container) {
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name },
		spec: {
			nodeName: node,
			terminationGracePeriodSeconds: 1,
			containers: [{ name: "main", imagePullPolicy: "Never", ...container }],
		},
	};
}

describe("a cluster of two nodes", () => {
	let cluster: SandboxCluster;

	beforeAll(async () => {
		cluster = await startCluster({ nodes: 2 });
	});
	afterAll(() => cluster?.stop());

	const node = (number: number) => cluster.nodes[number - 1] as (typeof cluster.nodes)[number];
	const running = (name: string) => cluster.kubectl("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=240s");

	it("has them Ready under their hosts' names, with AppArmor", async () => {
		const { items } = JSON.parse(await cluster.kubectl("get", "nodes", "-o", "json"));
		expect(items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(
			cluster.nodes.map(({ name }) => name),
		);
		expect(cluster.nodes.map(({ name }) => name)).toEqual([`${cluster.name}-node1`, `${cluster.name}-node2`]);
		for (const { name, run } of cluster.nodes.map((host) => ({ name: host.name, run: host.run.bind(host) }))) {
			const { stdout } = await run("hostname; cat /sys/module/apparmor/parameters/enabled");
			expect(stdout).toBe(`${name}\nY\n`);
		}
		// What the nodes do not share, though they come from one image.
		const keys = cluster.nodes.map((host) => host.connection.hostKey);
		expect(new Set(keys).size).toBe(2);
	});

	it("runs a pod on each, whose log and shell can be reached, and which reaches the API server", async () => {
		const command = ["sh", "-c", "echo hello; exec sleep 10000"];
		const version = "wget -q -O- --no-check-certificate https://10.96.0.1/version";
		for (const number of [1, 2])
			await cluster.apply(pod(`plain-${number}`, node(number).name, { image: "sandbox/busybox", command }));
		for (const number of [1, 2]) {
			await running(`plain-${number}`);
			await expect.poll(() => cluster.kubectl("logs", `plain-${number}`), { timeout: 60_000 }).toBe("hello");
			const answer = await cluster.kubectl("exec", `plain-${number}`, "--", "sh", "-c", version);
			expect(JSON.parse(answer).gitVersion).toBe("v1.35.4");
		}
	});

	it("confines a pod once its profile is loaded on the node", async () => {
		const appArmorProfile = { type: "Localhost", localhostProfile: "e2e-myapp" };
		await cluster.apply(
			pod("confined", node(1).name, { image: "sandbox/myapp", securityContext: { appArmorProfile } }),
		);
		const reason = () =>
			cluster.kubectl("get", "pod", "confined", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.message}");
		await expect.poll(reason, { timeout: 120_000, interval: 1000 }).toContain("apparmor profile not found e2e-myapp");

		const policy = `abi <abi/3.0>,
			profile e2e-myapp flags=(attach_disconnected,mediate_deleted) {
				file, network, capability, signal,
				deny /etc/shadow r,
			}`;
		await node(1).run("apparmor_parser -r", { input: policy });
		await running("confined");
		const exec = (...command: string[]) => cluster.kubectl("exec", "confined", "--", ...command);
		expect((await exec("cat", "/proc/1/attr/current")).trim()).toBe("e2e-myapp (enforce)");
		const get = (path: string) => exec("wget", "-q", "-O-", `http://127.0.0.1:8080${path}`);
		expect(await get("/")).toBe("Welcome to myapp. You are visitor 1.");
		expect(await get("/intrude/read-shadow")).toBe("refused: Permission denied");
	});

	it("lets a node change only itself", async () => {
		const keys = join(clusterFolder(cluster.name), "keys", node(1).name);
		const asNode = [`--client-certificate=${keys}.crt`, `--client-key=${keys}.key`];
		const label = (name: string, key: string) => cluster.kubectl(...asNode, "label", "node", name, `${key}=1`);
		await expect(label(node(2).name, "test/a")).rejects.toThrow("only its own Node object");
		await expect(label(node(1).name, "node-restriction.kubernetes.io/a")).rejects.toThrow(
			"is not allowed to modify labels: node-restriction.kubernetes.io/a",
		);
		expect(await label(node(1).name, "test/a")).toContain("labeled");
	});

	it("has its pods again after a node's reboot", async () => {
		const bootId = async () => (await node(1).run("cat /proc/sys/kernel/random/boot_id")).stdout;
		const before = await bootId();
		await node(1).reboot();
		await cluster.waitForNode(node(1));
		expect(await bootId()).not.toBe(before);
		const restarts = () =>
			cluster.kubectl("get", "pod", "plain-1", "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
		await expect.poll(restarts, { timeout: 240_000, interval: 1000 }).toBe("1");
		await running("plain-1");
		await expect.poll(() => cluster.kubectl("logs", "plain-1"), { timeout: 60_000 }).toBe("hello");
	}, 600_000);

	it("leaves nothing when it stops", async () => {
		const { name } = cluster;
		const [before, nodes] = [processes(name), cluster.nodes.map((host) => host.name)];
		expect(before.filter(isAlive)).toHaveLength(4);
		await cluster.stop();
		expect(before.filter(isAlive)).toEqual([]);
		for (const folder of [clusterFolder(name), ...nodes.map(hostFolder)]) expect(existsSync(folder)).toBe(false);
	});
});

describe("a control plane", () => {
	it("runs beside another one, each with its own objects and administrator", async () => {
		const [one, two] = [await startControlPlane(), await startControlPlane()];
		try {
			await one.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mine" } });
			expect(await one.kubectl("get", "configmap", "mine", "-o", "name")).toBe("configmap/mine");
			await expect(two.kubectl("get", "configmap", "mine")).rejects.toThrow('configmaps "mine" not found');
			await expect(two.kubectl(`--server=${one.server}`, "get", "namespaces")).rejects.toThrow(/certificate/);
			expect(statSync(one.kubeconfig).mode & 0o777).toBe(0o600);
		} finally {
			await Promise.all([one.stop(), two.stop()]);
		}
	});

	it("does work of its controllers: a Deployment gets its pod", async () => {
		const plane = await startControlPlane();
		try {
			await plane.kubectl("create", "deployment", "web", "--image=sandbox/busybox");
			const pods = () => plane.kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.phase}");
			await expect.poll(pods, { timeout: 120_000 }).toBe("Pending");
		} finally {
			await plane.stop();
		}
	});

	it.each([
		{ signal: "SIGTERM", code: 143, left: false },
		{ signal: "SIGKILL", code: undefined, left: true },
	] as const)("ends with its process at $signal, and the next start removes what is left", async (end) => {
		const name = `e2e-${process.pid}-${end.signal.toLowerCase()}`;
		const program = `require("./sandbox/interrupt").exitOnSignals();
			require("./sandbox/cluster").startControlPlane({ name: "${name}" }).then(() => setInterval(() => {}, 1000));`;
		const starter = tsx("-e", program);
		let ended = false;
		starter
			.catch(() => {})
			.finally(() => {
				ended = true;
			});
		while (processes(name).length < 4) {
			if (ended) throw new Error("the starter ended before its control plane ran");
			await sleep(100);
		}
		const components = processes(name);
		const { owner } = readCluster(name) as { owner: ProcessId };
		process.kill(owner.pid, end.signal);
		await expect.poll(() => components.filter(isAlive), { timeout: 60_000 }).toEqual([]);
		await expect.poll(() => isAlive(owner), { timeout: 60_000 }).toBe(false);
		expect(existsSync(clusterFolder(name))).toBe(end.left);
		await (await startControlPlane()).stop();
		expect(existsSync(clusterFolder(name))).toBe(false);
	});

	it("is what `cluster up --nodes 0` starts, and `cluster down` ends", async () => {
		const name = `e2e-${process.pid}-kept`;
		const cluster = (...args: string[]) => tsx("sandbox/cli.ts", "cluster", ...args);
		const up = await cluster("up", "--nodes", "0", "--name", name);
		try {
			expect(up.stdout).toContain(`npm run sandbox -- cluster down ${name}`);
			const listed = JSON.parse((await cluster("status", "--json")).stdout);
			expect(listed).toContainEqual(expect.objectContaining({ name, status: "running", ended: [], nodes: [] }));
			const namespace = await cluster("--name", name, "kubectl", "get", "ns", "default", "-o", "name");
			expect(namespace.stdout).toBe("namespace/default");
		} finally {
			const components = processes(name);
			await cluster("down", name);
			await expect.poll(() => components.filter(isAlive), { timeout: 5000 }).toEqual([]);
		}
		expect(existsSync(clusterFolder(name))).toBe(false);
	});
});
