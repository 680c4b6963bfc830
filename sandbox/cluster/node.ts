import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "../../setup/progress";
import type { SandboxHost } from "../host";
import { freePort } from "../ports";
import { startHost } from "../start";
import type { ControlPlane } from "./control-plane";
import { kubeconfig } from "./kubeconfig";
import { mostNodes, network, nodeName } from "./network";
import { nodeFiles } from "./node-files";
import { nodeImage } from "./node-image";
import { CertificateAuthority } from "./pki";
import { clusterFiles } from "./settings";
import { writeCluster } from "./state";
import { debian } from "./versions";

const readyTimeoutMs = 300_000;

/** Starts one more node of a cluster and waits until it is Ready. Its name is that of the host, and the host's. */
export async function startNode(plane: ControlPlane): Promise<SandboxHost> {
	const { state } = plane;
	const image = await nodeImage();
	const number = state.nodes.length + 1;
	if (number > mostNodes) throw new Error(`cluster ${plane.name}: it has had ${mostNodes} nodes, and that is the most`);
	const name = nodeName(plane.name, number);
	// Noted before it is there, so that whatever happens from here on, it goes with the cluster.
	state.nodes.push(name);
	writeCluster(state);
	const kubeletPort = await freePort(new Set());
	const files = nodeFiles({ name, number, kubeletPort, ...(await nodeIdentity(plane, name)) });
	const forwards = [{ guest: kubeletPort, host: kubeletPort }];
	const host = await startHost({ release: debian, name, image, forwards, files, keep: state.keep });
	try {
		// Of what it was told before, it is as late as it took to start.
		await host.run(`date --set=@${Date.now() / 1000}`);
		await step(`Node ${name} joins the cluster`, () => waitForNode(plane, host));
		return host;
	} catch (error) {
		await host.stop();
		throw error;
	}
}

/** Its certificate is good as a client, which NodeRestriction keeps to its own objects, and as the kubelet's server. */
async function nodeIdentity(plane: ControlPlane, name: string) {
	const authority = CertificateAuthority.in(clusterFiles(plane.name).keys);
	const user = `system:node:${name}`;
	const pair = await authority.issue(name, {
		commonName: user,
		organization: "system:nodes",
		names: [`DNS:${name}`, `IP:${network.node}`],
	});
	const apiServerPort = plane.state.port as number;
	const server = `https://${network.machine}:${apiServerPort}`;
	const [cert, key, ca] = [pair.cert, pair.key, authority.pair.cert].map((file) => readFileSync(file, "utf8"));
	return {
		apiServerPort,
		authority: ca as string,
		cert: cert as string,
		key: key as string,
		kubeconfig: kubeconfig(plane.name, server, authority.pair.cert, user, pair),
	};
}

interface NodeObject {
	status: { conditions?: { type: string; status: string; message?: string }[]; nodeInfo: { bootID: string } };
}

/**
 * Waits until the cluster says of a host that it is Ready, and means this boot of it: of a node whose power was off
 * for a while it goes on saying so.
 */
export async function waitForNode(plane: ControlPlane, host: SandboxHost): Promise<void> {
	const bootId = (await host.run("cat /proc/sys/kernel/random/boot_id")).stdout.trim();
	const end = Date.now() + readyTimeoutMs;
	let last = "it has not registered";
	while (Date.now() < end) {
		try {
			const { status } = (await plane.get(`/api/v1/nodes/${host.name}`)) as NodeObject;
			const ready = status.conditions?.find(({ type }) => type === "Ready");
			if (ready?.status === "True" && status.nodeInfo.bootID === bootId) return;
			last = ready?.message ?? "it reports no condition";
		} catch (error) {
			last = (error as Error).message;
		}
		await sleep(200);
	}
	const units = await host.run("journalctl --no-pager -n 30 -u containerd -u kubelet", { reject: false });
	throw new Error(
		`node ${host.name} is not Ready after ${readyTimeoutMs / 1000} s (${last}); its journal ended with:\n${units.stdout}`,
	);
}
