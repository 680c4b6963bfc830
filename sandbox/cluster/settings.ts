import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../ports";
import type { ComponentSettings } from "./components";
import { kubeconfig, writePrivate } from "./kubeconfig";
import { apiServerHosts, network } from "./network";
import { CertificateAuthority } from "./pki";
import { clusterFolder } from "./state";

/** Where a cluster's files are, by its name. */
export function clusterFiles(name: string) {
	const folder = clusterFolder(name);
	return {
		keys: join(folder, "keys"),
		data: join(folder, "etcd"),
		/** The administrator's. */
		kubeconfig: join(folder, "kubeconfig"),
		apiServerHosts: join(folder, "api-server-hosts"),
	};
}

/** Makes everything that a new control plane's components are told: keys, certificates, ports, kubeconfigs. */
export async function makeSettings(name: string): Promise<ComponentSettings> {
	const files = clusterFiles(name);
	mkdirSync(files.data, { mode: 0o700 });
	writePrivate(files.apiServerHosts, apiServerHosts(name));
	const ports = await freePorts(["apiServer", "etcd", "etcdPeer", "controllerManager", "scheduler"] as const);
	const authority = await CertificateAuthority.create(files.keys);
	const names = ["IP:127.0.0.1", `IP:${network.machine}`, `IP:${network.apiService}`, "DNS:localhost"];
	const serviceNames = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"].map((dns) => `DNS:${dns}`);
	const [etcd, server, kubeletClient, admin, controllerManager, scheduler, serviceAccounts] = await Promise.all([
		authority.issue("etcd", { commonName: "etcd", names }),
		authority.issue("server", { commonName: "kube-apiserver", names: [...names, ...serviceNames] }),
		authority.issue("kubelet-client", { commonName: "kube-apiserver", organization: "system:masters" }),
		authority.issue("admin", { commonName: "kubernetes-admin", organization: "system:masters" }),
		authority.issue("controller-manager", { commonName: "system:kube-controller-manager" }),
		authority.issue("scheduler", { commonName: "system:kube-scheduler" }),
		authority.makeSigningKey("service-accounts"),
	]);
	const url = `https://127.0.0.1:${ports.apiServer}`;
	const write = (file: string, user: string, pair: typeof admin) =>
		writePrivate(file, kubeconfig(name, url, authority.pair.cert, user, pair));
	write(files.kubeconfig, "kubernetes-admin", admin);
	return {
		dataFolder: files.data,
		ports,
		authority: authority.pair,
		etcd,
		server,
		kubeletClient,
		admin,
		serviceAccounts,
		controllerManagerKubeconfig: write(
			join(files.keys, "controller-manager.conf"),
			"controller-manager",
			controllerManager,
		),
		schedulerKubeconfig: write(join(files.keys, "scheduler.conf"), "scheduler", scheduler),
	};
}

async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
	const taken = new Set<number>();
	for (const _ of names) taken.add(await freePort(taken));
	const ports = [...taken];
	return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Name, number>;
}
