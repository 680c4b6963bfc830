import type { SandboxHost } from "../../sandbox";
import { type SandboxCluster, startCluster } from "../../sandbox/cluster";
import { DistributionStack } from "../engine/distribution-stack";
import { distribution } from "./cluster-policies";

export const fromSecrets = "audit deny /etc/shadow r,";
export const fromMore = `${fromSecrets}\n  audit deny /etc/gshadow r,`;

const endMark = "/tmp/end";

interface Outputs {
	localhostProfiles: Record<string, string>;
	policyHashes: Record<string, string>;
}

interface Pod {
	metadata: { name: string; deletionTimestamp?: string };
}

/** Rules by the names of profiles. */
type Profiles = Record<string, string>;

/**
 * A cluster of two nodes, the second of which is labelled as a canary, and one program with three distributions: one for
 * canaries, one for all others, and one with content-addressed names on the first node, for the pods of a shop there.
 */
export class TwoGroups {
	private constructor(
		readonly cluster: SandboxCluster,
		readonly first: SandboxHost,
		readonly second: SandboxHost,
		readonly stack: DistributionStack,
	) {}

	static async start(): Promise<TwoGroups> {
		const cluster = await startCluster({ nodes: 2 });
		try {
			const [first, second] = cluster.nodes as [SandboxHost, SandboxHost];
			await cluster.kubectl("label", "node", second.name, "ring=canary");
			return new TwoGroups(cluster, first, second, await DistributionStack.make(cluster.kubeconfigText));
		} catch (error) {
			await cluster.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		await this.cluster.stop();
		this.stack.remove();
	}

	/** The program: the shop's rules, the profiles of those that are no canaries, and what else is asked of their loader. */
	wanted(shopRules: string, profiles: Profiles, more: object = {}) {
		const ring = (operator: "In" | "NotIn") => [{ key: "ring", operator, values: ["canary"] }];
		const canary = distribution("canary", [["e2e-web", fromSecrets]]);
		return {
			distributions: [
				{
					...distribution("addressed", [["e2e-shop", shopRules]]),
					names: "content-addressed" as const,
					nodeSelector: this.onFirst,
					unloadAfterSeconds: 1,
				},
				{
					...canary,
					profiles: canary.profiles.map((profile) => ({ ...profile, mode: "complain" as const })),
					nodeExpressions: ring("In"),
					nodeFeatures: true,
				},
				{
					...distribution("others", Object.entries(profiles)),
					nodeExpressions: ring("NotIn"),
					nodeFeatures: true,
					unloadAfterSeconds: 1,
					...more,
				},
			],
			deployments: [this.shop()],
		};
	}

	private get onFirst() {
		return { "kubernetes.io/hostname": this.first.name };
	}

	/** Its first process does not hear that it is to end, so that it ends when the test says so. */
	private shop() {
		const wait = `trap '' TERM; until [ -e ${endMark} ]; do sleep 1; done`;
		const container = { name: "main", image: "sandbox/busybox", imagePullPolicy: "Never" };
		return {
			name: "shop",
			profile: "e2e-shop",
			how: "confine" as const,
			podSpec: {
				nodeSelector: this.onFirst,
				terminationGracePeriodSeconds: 3600,
				containers: [{ ...container, command: ["sh", "-c", wait] }],
			},
		};
	}

	/** What a distribution says of itself. */
	async outputs(name: string): Promise<Outputs> {
		return ((await this.stack.outputs()).outputs as Record<string, Outputs>)[name] as Outputs;
	}

	/** The pods of the shop: the one that stays, and the one that ends, where there is one. */
	async shopPods(): Promise<{ current: string | undefined; ending: string | undefined }> {
		const listed = await this.cluster.kubectl("get", "pods", "--selector", "app=shop", "--output", "json");
		const pods = (JSON.parse(listed) as { items: Pod[] }).items;
		if (pods.length > 2) throw new Error(`there are ${pods.length} pods of the shop`);
		const name = (ends: boolean) =>
			pods.find(({ metadata }) => (metadata.deletionTimestamp !== undefined) === ends)?.metadata.name;
		return { current: name(false), ending: name(true) };
	}

	/** Ends a pod of the shop that is to end. */
	async endShop(pod = "none"): Promise<void> {
		await this.cluster.kubectl("exec", pod, "--", "touch", endMark);
	}
}

/** What node-feature-discovery finds on a node, by file; without comments. */
export async function features(node: SandboxHost): Promise<string[]> {
	const { stdout } = await node.run("cd /etc/kubernetes/node-feature-discovery/features.d && grep -H '^[^#]' *", {
		reject: false,
	});
	return stdout.split("\n").filter(Boolean);
}
