import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";
import { type ProfileSpec, renderProfile } from "../../src/index";
import type { PulumiProject } from "../../toolchain";
import { type ApiEvent, ApiEvents } from "./api-events";
import { LiveProfiles, type Seen } from "./live";
import { changePolicy, startPollingLoader, namespace as theirNamespace } from "./polling-loader";
import { writeWanted } from "./wanted";

const prefix = "bench-";
const [ours, theirs] = [`${prefix}ours`, `${prefix}polled`];
const ourNamespace = "kube-system";
/** The stack that `pulumi up` is run on. */
export const stack = "bench";

/** How long either loader may take for a change, in seconds. */
const patience = 240;

/** In seconds, on the slowest node where it is about nodes. */
export interface OurRound {
	/** From the start of `pulumi up` to the new policy in the API server. */
	upToConfigMap: number;
	/** From there until the DaemonSet is updated. */
	daemonSet: number;
	/** From there until the new pods are made. */
	pods: number;
	/** From there to the new profile in the kernel of each node. */
	live: number;
	/** Of that, since the loader's process runs. */
	loader: number;
	/** The whole `pulumi up`. */
	up: number;
}

export interface TheirRound {
	/** From the new policy in the API server to the new profile in the kernel of each node. */
	live: number;
}

/** The profile with another folder in each round; both loaders get the same. */
function spec(name: string, round: number) {
	const values = { writePaths: ["/var/lib/app", `/srv/round-${round}`] };
	return { name, template: "container", values, mode: "enforce" } satisfies ProfileSpec;
}

/** Both loaders side by side on the nodes of one cluster. */
export class Rounds {
	private constructor(
		private readonly cluster: SandboxCluster,
		private readonly project: PulumiProject,
		private readonly file: string,
		private readonly nodes: LiveProfiles[],
		private readonly ourApi: ApiEvents,
		private readonly theirApi: ApiEvents,
	) {}

	/** Brings both loaders, with the policy of round 0. `file` is where the program's wishes are written. */
	static async prepare(cluster: SandboxCluster, project: PulumiProject, file: string): Promise<Rounds> {
		await startPollingLoader(cluster, theirs, renderProfile(spec(theirs, 0)));
		const kubeconfig = cluster.kubeconfigText;
		const nodes = await Promise.all(cluster.nodes.map((node) => LiveProfiles.of(node, prefix)));
		const api = [await ApiEvents.of(kubeconfig, ourNamespace), await ApiEvents.of(kubeconfig, theirNamespace)] as const;
		const rounds = new Rounds(cluster, project, file, nodes, ...api);
		await rounds.up(0);
		return rounds;
	}

	/** Applies the policy of a round by `pulumi up`. */
	async ours(round: number): Promise<OurRound> {
		const changed = this.changed(ours);
		const start = Date.now();
		await this.up(round);
		const end = Date.now();
		const seen = await changed;
		const loader = await Promise.all(seen.map(async ({ node, uptime }) => uptime - (await loaderStart(node))));
		const events = this.ourApi.since(start);
		const first = (kind: ApiEvent["kind"], type: string) => {
			const found = events.find((event) => event.kind === kind && event.type === type);
			if (!found) throw new Error(`round ${round}: the API server told of no ${kind} that was ${type}`);
			return found.at;
		};
		const configMap = first("ConfigMap", "ADDED");
		const pods = events.filter(({ kind, type }) => kind === "Pod" && type === "ADDED");
		if (pods.length !== this.nodes.length) throw new Error(`round ${round}: ${pods.length} pods were made`);
		return {
			upToConfigMap: (configMap - start) / 1000,
			daemonSet: (first("DaemonSet", "MODIFIED") - configMap) / 1000,
			pods: (last(pods) - configMap) / 1000,
			live: (last(seen) - configMap) / 1000,
			loader: Math.max(...loader),
			up: (end - start) / 1000,
		};
	}

	/** Applies the policy of a round to the ConfigMap that the other loader polls, at a moment that it cannot know. */
	async theirs(round: number): Promise<TheirRound> {
		await sleep(randomInt(60_000));
		const changed = this.changed(theirs);
		const start = Date.now();
		await changePolicy(this.cluster, theirs, renderProfile(spec(theirs, round)));
		const seen = await changed;
		const told = this.theirApi.since(start).find(({ kind, type }) => kind === "ConfigMap" && type === "MODIFIED");
		if (!told) throw new Error(`round ${round}: the API server told of no changed ConfigMap`);
		return { live: (last(seen) - told.at) / 1000 };
	}

	stop(): void {
		for (const node of this.nodes) node.stop();
		for (const api of [this.ourApi, this.theirApi]) api.stop();
	}

	private async up(round: number): Promise<void> {
		const image = { image: "sandbox/busybox", imagePullPolicy: "Never" };
		const wanted = { kubeconfig: this.cluster.kubeconfigText, profiles: [spec(ours, round)], ...image };
		await this.project.up({ stack, env: writeWanted(this.file, wanted) });
	}

	/** When each node has other content of a profile than now, which must be the same on all of them. */
	private async changed(profile: string): Promise<Seen[]> {
		const seen = await Promise.all(this.nodes.map((node) => node.changed(profile, patience)));
		if (new Set(seen.map(({ hash }) => hash)).size !== 1)
			throw new Error(
				`${profile} has different content on the nodes: ${seen.map(({ node, hash }) => `${node.name} ${hash}`).join(", ")}`,
			);
		return seen;
	}
}

const last = (events: { at: number }[]) => Math.max(...events.map(({ at }) => at));

/** When the newest loader's first process was started, in the node's seconds since its boot. */
async function loaderStart(node: SandboxHost): Promise<number> {
	const { stdout } = await node.run(`
		getconf CLK_TCK
		for process in $(pgrep --full '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve'); do
			# In its container it is process 1; its children look the same.
			! grep -q '^NSpid:.*[[:space:]]1$' "/proc/$process/status" || cut -d' ' -f22 "/proc/$process/stat"
		done`);
	const [ticksPerSecond, ...starts] = stdout.trim().split("\n").map(Number) as [number, ...number[]];
	return Math.max(...starts) / ticksPerSecond;
}
