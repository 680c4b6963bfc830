import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "../../../../src/index";

/** What a test asks for, in a file that the environment names. */
export interface Wanted {
	kubeconfig: string;
	distributions: ({
		name: string;
		/** The list of profiles is inside of an output that is known only once something else is made. */
		late?: boolean;
		/** The values for the profiles' templates are secret. */
		secretValues?: boolean;
	} & apparmor.ClusterProfileDistributionArgs)[];
	/** Deployments, each confined by a profile of the first distribution. */
	deployments?: { name: string; profile: string; how: "confine" | "transform"; container?: string; podSpec: object }[];
}

const wanted = JSON.parse(readFileSync(process.env.TEST_WANTED ?? "", "utf8")) as Wanted;
const provider = new kubernetes.Provider("cluster", { kubeconfig: wanted.kubeconfig });

/** Known only once something else has been made. */
function lateList(name: string, profiles: apparmor.ClusterProfile[]): pulumi.Output<apparmor.ClusterProfile[]> {
	const { metadata } = new kubernetes.core.v1.ConfigMap(`${name}-before`, {}, { provider });
	return metadata.uid.apply(() => profiles) as pulumi.Output<apparmor.ClusterProfile[]>;
}

const distributions = wanted.distributions.map(({ name, late, secretValues, profiles, ...args }) => {
	const plain = profiles as apparmor.ClusterProfile[];
	const specs = secretValues ? plain.map((spec) => ({ ...spec, values: pulumi.secret(spec.values ?? {}) })) : plain;

	const list = late ? lateList(name, plain) : specs;
	return new apparmor.ClusterProfileDistribution(name, { ...args, profiles: list }, { provider });
});

for (const { name, profile, how, container, podSpec } of wanted.deployments ?? []) {
	const [cluster] = distributions as [apparmor.ClusterProfileDistribution];
	const options = container === undefined ? {} : { container };
	const labels = { app: name };
	const spec = podSpec as kubernetes.types.input.core.v1.PodSpec;
	new kubernetes.apps.v1.Deployment(
		name,
		{
			metadata: { name, annotations: { "pulumi.com/skipAwait": "true" } },
			spec: {
				selector: { matchLabels: labels },
				template: { metadata: { labels }, spec: how === "confine" ? cluster.confine(profile, spec, options) : spec },
			},
		},
		{ provider, ...(how === "transform" ? { transforms: [cluster.confineTransform(profile, options)] } : {}) },
	);
}

/** What each distribution says of itself. */
export const outputs = Object.fromEntries(
	wanted.distributions.map(({ name }, index) => {
		const { localhostProfiles, policyHashes, namespace, daemonSet } = distributions[
			index
		] as apparmor.ClusterProfileDistribution;
		return [name, { localhostProfiles, policyHashes, namespace, daemonSet }];
	}),
);
