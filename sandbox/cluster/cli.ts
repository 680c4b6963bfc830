import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { isAlive } from "../process";
import { readState } from "../state";
import { argument, printTable, UsageError } from "../usage";
import { clusterBinaries } from "./binaries";
import { findCluster, startCluster } from "./cluster";
import { clusterFiles } from "./settings";
import {
	type ClusterState,
	checkClusterName,
	isClusterInUse,
	listClusters,
	readCluster,
	removeCluster,
	removeStaleClusters,
} from "./state";
import { kubernetesVersion } from "./versions";

const help = `Throw-away Kubernetes ${kubernetesVersion} clusters: a real control plane on this machine's loopback, and nodes in QEMU
with a real AppArmor kernel. (The first one builds Kubernetes and the nodes' image: about 10 minutes.)

  npm run sandbox -- cluster up [--nodes N] [--name C]   start a cluster; of one that runs, add nodes until it has N
  npm run sandbox -- cluster status [--json]             the clusters there are, and their nodes
  npm run sandbox -- cluster [--name C] kubectl ARG…     kubectl as the administrator
  npm run sandbox -- cluster down [C…] [--all]           end clusters; nothing of them is kept

  --nodes N   default 1; 0 is a control plane alone, where pods stay Pending
  --name C    default "cluster". Several clusters run side by side under different names.

Pods run these images, all with "imagePullPolicy: Never" (there is no registry):
  sandbox/busybox   a shell and everyday programs
  sandbox/loader    apparmor_parser and what the profile loader needs
  sandbox/myapp     the demo's application

Each node is a host too: "npm run sandbox -- ssh cluster-node1" is a shell on it as root.
`;

/** The one cluster meant when none is named. */
function onlyName(verb: string): string {
	const names = listClusters().map((state) => state.name);
	if (names.length === 1) return names[0] as string;
	if (names.length === 0)
		throw new UsageError(`no sandbox cluster is there: "npm run sandbox -- cluster up" starts one`);
	throw new UsageError(`${verb}: which cluster? There are ${names.join(", ")}`);
}

function parseNodes(text: string): number {
	if (/^\d{1,2}$/.test(text)) return Number(text);
	throw new Error(`--nodes: "${text}" is not a number from 0 to 99`);
}

async function up(options: { nodes?: string; name?: string }): Promise<void> {
	const nodes = argument(parseNodes, options.nodes ?? "1");
	const name = argument(checkClusterName, options.name ?? "cluster");
	const running = await findCluster(name);
	if (running && !running.controlPlane.state.keep)
		throw new UsageError(`up: cluster "${name}" belongs to a program, and ends with it: choose another --name`);
	const cluster = running ?? (await startCluster({ name, nodes, keep: true }));
	while (cluster.nodes.length < nodes) await cluster.addNode();
	cluster.disconnect();
	console.log(`${name} is up: Kubernetes ${kubernetesVersion}, ${cluster.controlPlane.server}
${cluster.nodes.map((node) => `  ${node.name}\n`).join("")}
  kubectl        npm run sandbox -- cluster kubectl get pods -A
  for Pulumi     export KUBECONFIG=${cluster.kubeconfig}
  end it         npm run sandbox -- cluster down ${name}`);
}

async function kubectl(name: string, args: string[]): Promise<number> {
	const state = readCluster(argument(checkClusterName, name));
	if (!state || !isClusterInUse(state))
		throw new UsageError(
			`no cluster named "${name}" is running: "npm run sandbox -- cluster status" lists those that are`,
		);
	const env = { ...process.env, KUBECONFIG: clusterFiles(name).kubeconfig };
	const child = spawn((await clusterBinaries()).kubectl, args, { stdio: "inherit", env });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => resolve(code ?? 1));
	});
}

function describe(state: ClusterState) {
	const { name, components, port, startedAt } = state;
	const ended = Object.keys(components).filter((component) => !isAlive(components[component]));
	const status = !isClusterInUse(state) ? "stale" : isAlive(state.owner) && state.keep ? "starting" : "running";
	const nodes = state.nodes.flatMap((node) => {
		const host = readState(node);
		return host ? [{ name: node, running: isAlive(host.qemu) }] : [];
	});
	return { name, status, ended, port, nodes, startedAt, kubeconfig: clusterFiles(name).kubeconfig };
}

function status(json: boolean): void {
	const clusters = listClusters().map(describe);
	if (json) {
		console.log(JSON.stringify(clusters, null, "\t"));
		return;
	}
	if (clusters.length === 0) {
		console.error(`no sandbox cluster is there: "npm run sandbox -- cluster up" starts one`);
		return;
	}
	const rows = clusters.map(({ name, status, ended, port, nodes, startedAt }) => [
		name,
		ended.length > 0 ? `${status}, without ${ended.join(" and ")}` : status,
		String(port ?? "-"),
		nodes.map((node) => (node.running ? node.name : `${node.name} (off)`)).join(" ") || "-",
		startedAt,
	]);
	printTable([["NAME", "STATUS", "PORT", "NODES", "SINCE"], ...rows]);
}

function down(names: string[], all: boolean): void {
	if (all && names.length > 0) throw new UsageError(`down: either names (${names.join(", ")}) or --all, not both`);
	const wanted = all ? listClusters().map((state) => state.name) : names.length > 0 ? names : [onlyName("down")];
	for (const name of wanted) {
		if (!readCluster(argument(checkClusterName, name)))
			throw new UsageError(`down: there is no cluster named "${name}"`);
	}
	for (const name of wanted) {
		removeCluster(name);
		console.log(`${name} is gone`);
	}
	removeStaleClusters();
}

const verbs: Record<string, string[]> = {
	up: ["nodes", "name"],
	status: ["json"],
	kubectl: ["name"],
	down: ["all"],
};

/** The `cluster` group of the sandbox's command; resolves with its exit code. */
export async function clusterCommand(argv: string[]): Promise<number> {
	// What follows "kubectl" is kubectl's.
	const at = argv.indexOf("kubectl");
	const own = at < 0 ? argv : argv.slice(0, at + 1);
	const { values, positionals } = argument(parse, own);
	const [verb, ...names] = positionals;
	if (values.help || verb === undefined || verb === "help") {
		console.log(help);
		return verb === undefined && !values.help ? 2 : 0;
	}
	const options = verbs[verb];
	if (!options) throw new UsageError(`cluster: "${verb}" is not one of ${Object.keys(verbs).join(", ")}`);
	for (const name of Object.keys(values))
		if (!options.includes(name)) throw new UsageError(`cluster ${verb} has no option --${name}`);
	if (names.length > 0 && verb !== "down")
		throw new UsageError(`cluster ${verb}: "${names[0]}" is one argument too many`);
	if (verb === "up") await up(values);
	if (verb === "status") status(values.json === true);
	if (verb === "down") down(names, values.all === true);
	return verb === "kubectl" ? kubectl(values.name ?? onlyName("kubectl"), argv.slice(at + 1)) : 0;
}

function parse(args: string[]) {
	return parseArgs({
		args,
		allowPositionals: true,
		options: {
			nodes: { type: "string" },
			name: { type: "string" },
			json: { type: "boolean" },
			all: { type: "boolean" },
			help: { type: "boolean", short: "h" },
		},
	});
}
