import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";
import { allLoaders } from "./cluster-loaders";
import { confinement, loaded, mayRead } from "./confinement";

interface Pod {
	metadata: { name: string; deletionTimestamp?: string };
	status: { containerStatuses?: { restartCount: number; state: { waiting?: { message?: string } } }[] };
}

const serves = "^sh /opt/pulumi-apparmor/apparmor-agent.sh serve";

/** What a person sees of a cluster of one node, by kubectl and on the node. */
export class ClusterEye {
	constructor(private readonly cluster: SandboxCluster) {}

	get node(): SandboxHost {
		return this.cluster.nodes[0] as SandboxHost;
	}

	/** Makes a pod of busybox that names a profile. */
	async startPod(name: string, localhostProfile: string): Promise<void> {
		await this.cluster.apply({
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name },
			spec: {
				terminationGracePeriodSeconds: 1,
				securityContext: { appArmorProfile: { type: "Localhost", localhostProfile } },
				containers: [
					{
						name: "main",
						image: "sandbox/myapp",
						imagePullPolicy: "Never",
					},
				],
			},
		});
	}

	async running(pod: string): Promise<void> {
		await this.cluster.kubectl("wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=240s");
	}

	/** Why its container does not run. */
	async waitsFor(pod: string): Promise<string> {
		return (await this.pod(pod)).status.containerStatuses?.[0]?.state.waiting?.message ?? "";
	}

	async restarts(pod: string): Promise<number> {
		return (await this.pod(pod)).status.containerStatuses?.[0]?.restartCount ?? 0;
	}

	/** What its first process runs under. */
	confinement(pod: string): Promise<string> {
		return confinement(this.cluster, pod);
	}

	/** A file as the pod sees it, or why it does not. */
	read(pod: string, file: string): Promise<string> {
		return this.cluster.kubectl("exec", pod, "--", "cat", file).catch((error: Error) => error.message);
	}

	/** Whether a new process under a profile may read a file of the node. */
	mayRead(profile: string, file: string): Promise<boolean> {
		return mayRead(this.node, profile, file);
	}

	/** What the node's kernel has logged as denied to a profile. */
	async denials(profile: string): Promise<string[]> {
		const { stdout } = await this.node.run("dmesg");
		return stdout.split("\n").filter((line) => line.includes(`apparmor="DENIED"`) && line.includes(`"${profile}"`));
	}

	/** The profiles of these tests that the kernel has, and their modes. */
	loaded(): Promise<string[]> {
		return loaded(this.node);
	}

	/** Unloads a profile as an administrator of the node might, and waits until it is there again. */
	async secondsUntilBack(profile: string): Promise<number> {
		const { stdout } = await this.node.run(`
			profiles=/sys/kernel/security/apparmor/profiles
			start=$(date +%s%N)
			printf %s ${profile} >/sys/kernel/security/apparmor/.remove
			tries=0
			until grep -q '^${profile} ' $profiles; do
				sleep 0.1
				tries=$((tries + 1))
				[ $tries -lt 600 ] || exit 1
			done
			echo $((($(date +%s%N) - start) / 1000000))`);
		return Number(stdout) / 1000;
	}

	/** Waits until the first profiles of a kind are loaded, kills all loaders of the node, and tells how many were. */
	async killLoaderOnceLoaded(prefix: string): Promise<number> {
		const { stdout } = await this.node.run(`
			profiles=/sys/kernel/security/apparmor/profiles
			tries=0
			until grep -q '^${prefix}' $profiles; do
				sleep 0.1
				tries=$((tries + 1))
				[ $tries -lt 2400 ] || { echo 'none was loaded' >&2; exit 1; }
			done
			pkill -KILL -f '${serves}'
			grep -c '^${prefix}' $profiles`);
		return Number(stdout);
	}

	async loaders(): Promise<{ name: string; restarts: number }[]> {
		const pods = await this.list<Pod>("pods");
		return pods
			.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
			.map(({ metadata, status }) => ({
				name: metadata.name,
				restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
			}));
	}

	/** The names of the ConfigMaps that hold policy. */
	async policyConfigMaps(): Promise<string[]> {
		const maps = await this.list<{ metadata: { name: string } }>("configmaps");
		return maps.map(({ metadata }) => metadata.name).filter((name) => name.includes("-policies-"));
	}

	private async list<Item>(kind: string): Promise<Item[]> {
		const listed = await this.cluster.kubectl("get", kind, ...allLoaders, "--output", "json");
		return (JSON.parse(listed) as { items: Item[] }).items;
	}

	private async pod(name: string): Promise<Pod> {
		return JSON.parse(await this.cluster.kubectl("get", "pod", name, "--output", "json")) as Pod;
	}
}
