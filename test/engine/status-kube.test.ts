import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { loaderLabels } from "../../src/cluster/loader";
import { cli, type Ran } from "../cli/cli";
import { useSandboxKubectl } from "../cli/sandbox-kubectl";
import { HandMadeNode } from "./standins-kubernetes-node";

// A real API server, scheduler and controllers, and the real kubectl. Nodes without a kubelet: none can be asked here.
let plane: ControlPlane;
let nodes: HandMadeNode[];
const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-status-kube-"));
let forgetKubectl: (() => void) | undefined;

const labels = { ...loaderLabels, "app.kubernetes.io/instance": "profiles" };

/** A distribution's DaemonSet, as far as it is read here. */
const daemonSet = (namespace = "kube-system", selector: object = {}, annotations: object = {}) => ({
	apiVersion: "apps/v1",
	kind: "DaemonSet",
	metadata: { name: "profiles-loader", namespace, labels },
	spec: {
		selector: { matchLabels: labels },
		updateStrategy: { type: "OnDelete" },
		template: {
			metadata: { labels, annotations },
			spec: { nodeSelector: selector, containers: [{ name: "loader", image: "none" }] },
		},
	},
});

const status = (...args: string[]): Promise<Ran> =>
	cli(["status", "--kube", "--kubeconfig", plane.kubeconfig, ...args]);

interface Row {
	node: string | null;
	state: string;
	message: string;
}

const rows = ({ stdout }: Ran) =>
	(JSON.parse(stdout) as Row[]).map(({ node, state, message }) => [node, state, message]);

/** Asks until the answer is so; shows the last one where it never is. */
async function eventually(expected: unknown[][], ...args: string[]): Promise<Ran> {
	for (let end = Date.now() + 120_000; ; ) {
		const ran = await status("--json", ...args);
		const found = ran.code < 2 ? rows(ran) : [[ran.stderr]];
		if (JSON.stringify(found) === JSON.stringify(expected) || Date.now() > end) {
			expect(found).toEqual(expected);
			return ran;
		}
	}
}

/** A kubeconfig of someone who may do only what the rules say. */
async function loginAs(name: string, rules: object[]): Promise<string> {
	const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
	const subjects = [{ kind: "ServiceAccount", name, namespace: "default" }];
	const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
	await plane.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } }, role, {
		...{ apiVersion: role.apiVersion, kind: "ClusterRoleBinding", metadata: { name }, subjects, roleRef },
	});
	const token = (await plane.kubectl("create", "token", name)).trim();
	const config = JSON.parse(await plane.kubectl("config", "view", "--raw", "--output", "json"));
	config.users[0].user = { token };
	const file = join(folder, name);
	writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
	return file;
}

beforeAll(async () => {
	plane = await startControlPlane();
	forgetKubectl = await useSandboxKubectl();
	nodes = await Promise.all(["worker-1", "worker-2"].map((name) => HandMadeNode.start(plane, name)));
});
afterAll(async () => {
	forgetKubectl?.();
	rmSync(folder, { recursive: true, force: true });
	await Promise.all(nodes.map((node) => node.stop()));
	await plane.stop();
});

const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };
const daemonSets = { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["get", "list"] };
const exec = { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] };

it("finds no distribution in an empty cluster", async () => {
	const { code, stderr } = await status();
	expect(code).toBe(2);
	expect(stderr).toMatch(/^error: no distribution is found in the cluster: no DaemonSet is labelled /);
});

it("tells from the cluster's objects what each node's loader is at", async () => {
	const [first, second] = nodes as [HandMadeNode, HandMadeNode];
	const words = "node worker-2: myapp, line 3: syntax error";
	const ended = { reason: "Error", exitCode: 1, message: words };
	first.report = () => ({
		phase: "Running",
		ready: false,
		state: { waiting: { reason: "ErrImagePull", message: "no" } },
	});
	second.report = () => ({
		...{ phase: "Running" as const, ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
		lastState: { terminated: ended },
	});
	await plane.apply(daemonSet());
	const found = await eventually([
		["worker-1", "off", "ErrImagePull: no"],
		["worker-2", "off", words],
	]);
	expect(found.code).toBe(1);

	// A change that these pods, which nobody deletes, have not had.
	await plane.apply(daemonSet("kube-system", {}, { changed: "yes" }));
	const outdated = /it has not had the last change yet: its loader profiles-loader-\w+ is of an older/g;
	await expect
		.poll(
			async () => {
				const { stdout, code } = await status();
				return [code, stdout.match(outdated)?.length];
			},
			{ timeout: 120_000, interval: 0 },
		)
		.toEqual([1, 2]);
	await plane.apply(daemonSet());
	await eventually([
		["worker-1", "off", "ErrImagePull: no"],
		["worker-2", "off", words],
	]);
});

it("says that a loader cannot be asked that Kubernetes takes to be running", async () => {
	for (const node of nodes) node.report = () => ({ phase: "Running", ready: true });
	await plane.apply(daemonSet());
	await expect
		.poll(async () => rows(await status("--json")), { timeout: 120_000, interval: 0 })
		.toEqual(
			["worker-1", "worker-2"].map((node) => [
				node,
				"off",
				expect.stringMatching(/^its loader profiles-loader-\w+ cannot be asked: \S/),
			]),
		);
	expect((await status()).code).toBe(1);
});

it("counts the nodes that get no pod", async () => {
	await plane.kubectl("delete", "daemonset", "profiles-loader", "--namespace", "kube-system", "--wait=true");
	await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "strict" } });
	// Admission refuses what breaks the namespace's standard, as it would the loader's mounts.
	await plane.kubectl("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted");
	await plane.apply(daemonSet("strict"));
	const hint = "`kubectl --namespace strict describe daemonset profiles-loader` says why";
	await eventually([[null, "off", `2 of 2 nodes have no loader: ${hint}`]], "--namespace", "strict");
	await plane.apply(daemonSet("strict", { pool: "none" }));
	expect((await eventually([], "--namespace", "strict")).code).toBe(0);
	expect((await status("--namespace", "strict")).stderr).toBe("all as declared: 0 nodes, 0 profiles on them\n");
});

it("names the right that is missing, and works with those that its help names", async () => {
	const nobody = await loginAs("nobody", []);
	const none = await status("--kubeconfig", nobody);
	expect(none.code).toBe(2);
	for (const what of ["daemonsets.apps", "pods"])
		expect(none.stderr).toContain(`error: this login has no right to list ${what} in all namespaces; where you may `);

	for (const node of nodes) node.report = () => ({ phase: "Running", ready: true });
	await plane.apply(daemonSet());
	// Of the pods, kubectl would wait only for those that are there already.
	const ready = ["--for=jsonpath={.status.numberReady}=2", "--timeout=200s"];
	await plane.kubectl("--namespace", "kube-system", "wait", "daemonset/profiles-loader", ...ready);
	const reader = await loginAs("reader", [pods, daemonSets]);
	expect(await status("--kubeconfig", reader)).toEqual({
		code: 2,
		stdout: "",
		stderr: "error: this login has no right to create pods/exec in the namespace kube-system\n",
	});
	const asker = await loginAs("asker", [pods, daemonSets, exec]);
	expect(await status("--kubeconfig", asker, "--distribution", "profiles")).toMatchObject({ code: 1 });
});

it("names the cluster that cannot be reached, and the context that is not there", async () => {
	const config = JSON.parse(await plane.kubectl("config", "view", "--raw", "--output", "json"));
	// The discard port, on which nothing listens.
	config.clusters[0].cluster.server = "https://127.0.0.1:9";
	const file = join(folder, "away");
	writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
	const away = await status("--kubeconfig", file);
	expect(away.code).toBe(2);
	expect(away.stderr).toMatch(/^error: the cluster cannot be reached: .*127\.0\.0\.1:9 was refused/);
	const { code, stderr } = await status("--context", "other");
	expect(code).toBe(2);
	expect(stderr).toMatch(
		/^error: kubectl cannot list the loaders: .*context was not found for specified context: other\n$/,
	);
	const none = await status("--kubeconfig", join(folder, "none"));
	expect(none.code).toBe(2);
	expect(none.stderr).toMatch(/^error: .*none: no such file or directory/);
});
