import { stringify } from "yaml";
import type { GuestFile } from "../identity";
import { network, podSubnet } from "./network";

export interface NodeSettings {
	name: string;
	/** The node's number in its cluster, from 1. */
	number: number;
	/** The API server's port on the machine's loopback. */
	apiServerPort: number;
	/** The kubelet's port, on the node and on the machine's loopback alike. */
	kubeletPort: number;
	/** PEM texts: the cluster's authority, the kubelet's own certificate and its key. */
	authority: string;
	cert: string;
	key: string;
	/** The text of the kubelet's kubeconfig. */
	kubeconfig: string;
}

const folder = "/etc/kubernetes";

/** Everything on a node that the node image does not have: who it is, and which cluster is its. */
export function nodeFiles(settings: NodeSettings): GuestFile[] {
	return [
		{ path: "/etc/hostname", text: `${settings.name}\n` },
		// A node that goes on from the image's memory believes that it is still the time of that.
		{ path: "/etc/sandbox-clock", text: `${Math.ceil(Date.now() / 1000)}\n` },
		{ path: `${folder}/ca.crt`, text: settings.authority },
		{ path: `${folder}/kubelet.crt`, text: settings.cert },
		{ path: `${folder}/kubelet.key`, text: settings.key, mode: 0o600 },
		{ path: `${folder}/kubelet.conf`, text: settings.kubeconfig, mode: 0o600 },
		{ path: `${folder}/kubelet.yaml`, text: stringify(kubeletConfiguration(settings)) },
		{ path: `${folder}/kubelet.env`, text: kubeletEnvironment(settings) },
		{ path: "/etc/cni/net.d/10-sandbox.conflist", text: JSON.stringify(podNetwork(settings.number)) },
	];
}

/** Kubernetes' own reference: "Kubelet Configuration (v1beta1)". */
function kubeletConfiguration(settings: NodeSettings): object {
	return {
		apiVersion: "kubelet.config.k8s.io/v1beta1",
		kind: "KubeletConfiguration",
		port: settings.kubeletPort,
		authentication: {
			anonymous: { enabled: false },
			webhook: { enabled: true },
			x509: { clientCAFile: `${folder}/ca.crt` },
		},
		authorization: { mode: "Webhook" },
		tlsCertFile: `${folder}/kubelet.crt`,
		tlsPrivateKeyFile: `${folder}/kubelet.key`,
		// Else every pod gets an event about its absence.
		clusterDNS: [network.nameServer],
		cgroupDriver: "systemd",
		containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
		// There is no registry from which a removed image could come back.
		imageGCHighThresholdPercent: 100,
	};
}

function kubeletEnvironment({ apiServerPort }: NodeSettings): string {
	const kubelet = [
		`--config=${folder}/kubelet.yaml`,
		`--kubeconfig=${folder}/kubelet.conf`,
		`--node-ip=${network.node}`,
	];
	return [
		`API_SERVICE=${network.apiService}:443`,
		`API_SERVER=${network.machine}:${apiServerPort}`,
		`KUBELET_ARGUMENTS=${kubelet.join(" ")}`,
		"",
	].join("\n");
}

/** Pods of a node see each other and, through it, what it sees; the pods of other nodes they do not. */
function podNetwork(number: number): object {
	return {
		cniVersion: "1.0.0",
		name: "sandbox",
		plugins: [
			{
				type: "bridge",
				bridge: "cni0",
				isGateway: true,
				ipMasq: true,
				ipam: {
					type: "host-local",
					ranges: [[{ subnet: podSubnet(number) }]],
					routes: [{ dst: "0.0.0.0/0" }],
				},
			},
			{ type: "portmap", capabilities: { portMappings: true } },
		],
	};
}
