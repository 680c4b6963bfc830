import { readFileSync } from "node:fs";
import { execa } from "execa";
import { step } from "../../setup/progress";
import { onAbruptEnd } from "../interrupt";
import { killAndWait } from "../process";
import { get } from "./api";
import { type Binaries, clusterBinaries } from "./binaries";
import { type Component, startComponent } from "./component";
import {
	apiServerArguments,
	type ComponentSettings,
	controllerManagerArguments,
	etcdArguments,
	schedulerArguments,
} from "./components";
import { CertificateAuthority } from "./pki";
import { clusterFiles, makeSettings } from "./settings";
import { type ClusterState, checkClusterName, claimCluster, removeCluster, writeCluster } from "./state";
import { kubernetesVersion } from "./versions";

export interface ControlPlaneOptions {
	/** Unique among running clusters. Without: "cluster" and this process's number. */
	name?: string;
	/** The control plane outlives this process, and stays until `npm run sandbox -- cluster down`. */
	keep?: boolean;
}

/** A running API server with etcd, controller manager and scheduler, on this machine's loopback. */
export class ControlPlane {
	readonly name: string;
	/** The administrator's kubeconfig, a file that only this user can read. */
	readonly kubeconfig: string;
	/** The API server's address. */
	readonly server: string;

	/** Use `startControlPlane`. `afterStop` is called once, when it is gone. */
	constructor(
		readonly state: ClusterState,
		private readonly kubectlProgram: string,
		private readonly afterStop?: () => void,
	) {
		this.name = state.name;
		this.kubeconfig = clusterFiles(state.name).kubeconfig;
		this.server = `https://127.0.0.1:${state.port}`;
	}

	/** The kubeconfig's text, as a Pulumi provider takes it. */
	get kubeconfigText(): string {
		return readFileSync(this.kubeconfig, "utf8");
	}

	/** What the API server answers to the cluster's administrator; throws where that is no success. */
	async get(path: string): Promise<unknown> {
		const authority = CertificateAuthority.in(clusterFiles(this.name).keys);
		const { status, body } = await get(`${this.server}${path}`, authority.pair.cert, authority.issued("admin"));
		if (status === 200) return JSON.parse(body);
		throw new Error(`cluster ${this.name}: status ${status} of GET ${path}\n${body}`);
	}

	/** Runs kubectl as the cluster's administrator and resolves with what it prints; throws with its words. */
	async kubectl(...args: string[]): Promise<string> {
		return this.runKubectl(args, "");
	}

	/** Applies objects, as manifests or as their text in YAML or JSON. */
	async apply(...objects: (object | string)[]): Promise<string> {
		const texts = objects.map((object) => (typeof object === "string" ? object : JSON.stringify(object)));
		return this.runKubectl(["apply", "-f", "-"], texts.join("\n---\n"));
	}

	/** Ends its processes and removes everything of it. */
	async stop(): Promise<void> {
		await Promise.all(Object.values(this.state.components).map(killAndWait));
		removeCluster(this.name);
		this.afterStop?.();
	}

	private async runKubectl(args: string[], input: string): Promise<string> {
		const env = { KUBECONFIG: this.kubeconfig };
		const result = await execa(this.kubectlProgram, args, { env, input, reject: false });
		if (!result.failed) return result.stdout;
		const words = `${result.stdout}\n${result.stderr}`.trim();
		throw new Error(`cluster ${this.name}: exit code ${result.exitCode} of: kubectl ${args.join(" ")}\n${words}`);
	}
}

let started = 0;

/**
 * Starts etcd, an API server, a controller manager and a scheduler, and waits until they do their work. There is no
 * node: pods stay Pending. Unless kept, it ends with this process at the latest.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
	const { keep = false } = options;
	const name = checkClusterName(options.name ?? `cluster-${process.pid}-${++started}`);
	const binaries = await clusterBinaries();
	const state = claimCluster({ name, keep });
	const stays = onAbruptEnd(() => removeCluster(name));
	try {
		return await step(`Cluster ${name}, control plane of Kubernetes ${kubernetesVersion}`, async (report) => {
			const settings = await makeSettings(name);
			state.port = settings.ports.apiServer;
			for (const component of components(name, settings, binaries)) {
				report(component.name);
				await startComponent(state, component);
			}
			if (keep) {
				delete state.owner;
				writeCluster(state);
				stays();
			}
			return new ControlPlane(state, binaries.kubectl, stays);
		});
	} catch (error) {
		await Promise.all(Object.values(state.components).map(killAndWait));
		removeCluster(name);
		stays();
		throw error;
	}
}

/** In the order of their start: each needs those before it. */
function components(name: string, settings: ComponentSettings, binaries: Binaries): Component[] {
	const { authority, admin, etcd, ports } = settings;
	const answers =
		(port: number, path: string, client = admin) =>
		async () =>
			(await get(`https://127.0.0.1:${port}${path}`, authority.cert, client)).status === 200;
	return [
		{
			name: "etcd",
			program: binaries.etcd,
			args: etcdArguments(settings),
			isReady: answers(ports.etcd, "/health", etcd),
		},
		{
			name: "kube-apiserver",
			program: binaries["kube-apiserver"],
			args: apiServerArguments(settings),
			hosts: clusterFiles(name).apiServerHosts,
			isReady: answers(ports.apiServer, "/readyz"),
		},
		{
			name: "kube-controller-manager",
			program: binaries["kube-controller-manager"],
			args: controllerManagerArguments(settings),
			// Its first work that others wait for: no pod can be made before.
			isReady: answers(ports.apiServer, "/api/v1/namespaces/default/serviceaccounts/default"),
		},
		{
			name: "kube-scheduler",
			program: binaries["kube-scheduler"],
			args: schedulerArguments(settings),
			isReady: answers(ports.scheduler, "/readyz"),
		},
	];
}
