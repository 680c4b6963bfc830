import { network } from "./network";
import type { KeyPair } from "./pki";

/** What the control plane's command lines are made of; the paths are files. */
export interface ComponentSettings {
	dataFolder: string;
	/** Ports on loopback. */
	ports: Record<"apiServer" | "etcd" | "etcdPeer" | "controllerManager" | "scheduler", number>;
	authority: KeyPair;
	etcd: KeyPair;
	/** What the API server, the controller manager and the scheduler show to their clients. */
	server: KeyPair;
	/** The administrator, who asks whether the control plane is ready. */
	admin: KeyPair;
	/** As which the API server calls the kubelets. */
	kubeletClient: KeyPair;
	serviceAccounts: { privateKey: string; publicKey: string };
	controllerManagerKubeconfig: string;
	schedulerKubeconfig: string;
}

type Flags = Record<string, string | number | boolean>;

function commandLine(flags: Flags): string[] {
	return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

export function etcdArguments({ dataFolder, ports, authority, etcd }: ComponentSettings): string[] {
	const client = `https://127.0.0.1:${ports.etcd}`;
	const peer = `https://127.0.0.1:${ports.etcdPeer}`;
	return commandLine({
		name: "sandbox",
		"data-dir": dataFolder,
		"listen-client-urls": client,
		"advertise-client-urls": client,
		"listen-peer-urls": peer,
		"initial-advertise-peer-urls": peer,
		"initial-cluster": `sandbox=${peer}`,
		"cert-file": etcd.cert,
		"key-file": etcd.key,
		"trusted-ca-file": authority.cert,
		"client-cert-auth": true,
		"peer-cert-file": etcd.cert,
		"peer-key-file": etcd.key,
		"peer-trusted-ca-file": authority.cert,
		"peer-client-cert-auth": true,
		"log-level": "warn",
		// Nothing in here has to survive a power cut.
		"unsafe-no-fsync": true,
	});
}

export function apiServerArguments(settings: ComponentSettings): string[] {
	const { ports, authority, etcd, server, kubeletClient, serviceAccounts } = settings;
	return commandLine({
		"etcd-servers": `https://127.0.0.1:${ports.etcd}`,
		"etcd-cafile": authority.cert,
		"etcd-certfile": etcd.cert,
		"etcd-keyfile": etcd.key,
		"bind-address": "127.0.0.1",
		"secure-port": ports.apiServer,
		"advertise-address": network.machine,
		"tls-cert-file": server.cert,
		"tls-private-key-file": server.key,
		"client-ca-file": authority.cert,
		"service-account-issuer": "https://kubernetes.default.svc",
		"service-account-key-file": serviceAccounts.publicKey,
		"service-account-signing-key-file": serviceAccounts.privateKey,
		"service-cluster-ip-range": network.services,
		"authorization-mode": "Node,RBAC",
		"enable-admission-plugins": "NodeRestriction",
		"allow-privileged": true,
		// Nodes cannot be reached at their own addresses: apiServerHosts says how their names are.
		"kubelet-preferred-address-types": "Hostname",
		"kubelet-certificate-authority": authority.cert,
		"kubelet-client-certificate": kubeletClient.cert,
		"kubelet-client-key": kubeletClient.key,
	});
}

/** What a component that watches the API server is told of it. */
function client(kubeconfig: string, port: number, server: KeyPair): Flags {
	return {
		kubeconfig,
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig": kubeconfig,
		"bind-address": "127.0.0.1",
		"secure-port": port,
		"tls-cert-file": server.cert,
		"tls-private-key-file": server.key,
		// There is only this one.
		"leader-elect": false,
		// Half of the time that a control plane takes to start would be their waiting for themselves.
		"kube-api-qps": 200,
		"kube-api-burst": 400,
	};
}

export function controllerManagerArguments(settings: ComponentSettings): string[] {
	const { ports, authority, server, serviceAccounts, controllerManagerKubeconfig } = settings;
	return commandLine({
		...client(controllerManagerKubeconfig, ports.controllerManager, server),
		"use-service-account-credentials": true,
		"service-account-private-key-file": serviceAccounts.privateKey,
		"root-ca-file": authority.cert,
		"cluster-signing-cert-file": authority.cert,
		"cluster-signing-key-file": authority.key,
	});
}

export function schedulerArguments({ ports, server, schedulerKubeconfig }: ComponentSettings): string[] {
	return commandLine(client(schedulerKubeconfig, ports.scheduler, server));
}
