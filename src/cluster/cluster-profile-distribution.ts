import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deliveredScript } from "../agent/agent";
import { change, isKnown } from "../known";
import { stackOwner } from "../owner";
import { inputError } from "../problems";
import { claimNames } from "./claims";
import { immutableConfigMap, shardConfigMaps } from "./config-maps";
import { confineSpec, type PodSpec, type PodTemplate } from "./confine";
import { confineTemplate, loadedName, programOf, programs } from "./confine-by-distribution";
import { loadedNames } from "./declared";
import type { ClusterProfileDistributionArgs } from "./distribution-args";
import { distributionProblems } from "./distribution-problems";
import { explainsFailure } from "./explain";
import { addGuardRail } from "./guard-rail-objects";
import { makeGuardRails } from "./guard-rails";
import { isLoader, loaderLabels, loaderSpec } from "./loader";
import { defaultNamespace, loaderNamespace } from "./namespace";
import { declareAll } from "./render";
import { hasProfileField } from "./version";
import { changeTemplate, isWorkload } from "./workloads";

/** How `confineTransform` chooses. */
export interface ConfineTransformOptions {
	/** Only this container of each pod, instead of the whole pod. */
	container?: string;
	/** Which resources it is about; every one that has pods by default. */
	where?: (resource: pulumi.ResourceTransformArgs) => boolean;
}

/**
 * AppArmor profiles on the nodes of a Kubernetes cluster: any number, each in its mode, loaded and kept as declared by
 * a DaemonSet whose pods are not privileged. An operation returns when every node that is chosen has every profile
 * loaded with the declared content and mode.
 *
 * ```ts
 * const cluster = new apparmor.ClusterProfileDistribution("profiles", {
 *     profiles: [{ name: "myapp", template: "./profiles/myapp.hbs", mode: "complain" }],
 * }, { provider });
 * new k8s.apps.v1.Deployment("myapp", { spec: { template: { spec: cluster.confine("myapp", podSpec) } } });
 * ```
 *
 * In other languages, `localhostProfiles` has the names that a pod's `appArmorProfile` takes. Destroying it leaves the
 * profiles loaded until the node boots again, or another distribution finds them unused: pods may be running under
 * them.
 */
export class ClusterProfileDistribution extends pulumi.ComponentResource {
	/**
	 * The names of the profiles on the nodes, for a pod's `appArmorProfile.localhostProfile`, by their names in the
	 * program. Whoever uses it waits for the profiles. Those declared "disabled" are not in it.
	 */
	public readonly localhostProfiles: pulumi.Output<{ [name: string]: string }>;
	/** SHA-256, in hex, of each policy without its mode: the same in staging and in production. */
	public readonly policyHashes: pulumi.Output<{ [name: string]: string }>;
	/** The namespace of the loader. */
	public readonly namespace: pulumi.Output<string>;
	/** The name of the loader's DaemonSet. */
	public readonly daemonSet: pulumi.Output<string>;

	/** @throws InputPropertiesError with everything that is wrong with the arguments. */
	constructor(name: string, args: ClusterProfileDistributionArgs, opts?: pulumi.ComponentResourceOptions) {
		// Before the resource is registered, so that wrong arguments leave no trace.
		const label = `ClusterProfileDistribution "${name}"`;
		const declaration = declareAll(label, args, distributionProblems(name, args));
		super("pulumi-apparmor:index:ClusterProfileDistribution", name, {}, opts);

		const provider = this.getProvider("kubernetes:core/v1:ConfigMap");
		const claimed = change(declaration, (known) => {
			const names = new Set(known.profiles.map(({ loadedName }) => loadedName));
			const problems = claimNames({ distribution: name, provider, nodes: args, names });
			if (problems.length > 0) throw inputError(label, problems);
			for (const { name: profile, warnings } of known.profiles)
				for (const warning of warnings) pulumi.log.warn(`${profile}: ${warning}`, this);
			return known;
		});
		const owner = `${stackOwner()}/${name}`;
		const labels = { ...args.labels, ...loaderLabels, ...instanceLabels(name) };
		const selector = { ...loaderLabels, "pulumi-apparmor/distribution": identity(owner) };
		const asked = args.namespace ?? defaultNamespace;
		this.namespace = args.createNamespace
			? loaderNamespace(name, asked, labels, { parent: this }).metadata.name
			: pulumi.output(asked);
		const metadata = { namespace: this.namespace, labels };
		const place = { name, metadata, parent: this };

		const account = new k8s.core.v1.ServiceAccount(
			name,
			{ metadata, automountServiceAccountToken: false },
			{ parent: this },
		);
		const agent = immutableConfigMap(place, "agent", { data: { "apparmor-agent.sh": deliveredScript("loader") } });
		const seconds = `${args.readyTimeoutSeconds ?? 300}s`;
		const daemonSet = new k8s.apps.v1.DaemonSet(
			`${name}-loader`,
			{
				metadata,
				spec: loaderSpec(args, {
					owner,
					labels,
					selector,
					serviceAccount: account.metadata.name,
					agentConfigMap: agent.metadata.name,
					declaredConfigMaps: shardConfigMaps(
						place,
						change(claimed, ({ shards }) => shards),
					),
				}),
			},
			{
				parent: this,
				// Another stack's name is another owner: its loaders would wait for those that are to be replaced to go.
				deleteBeforeReplace: true,
				customTimeouts: { create: seconds, update: seconds },
				hooks: explainsFailure(name, { namespace: this.namespace, selector }),
			},
		);
		for (const rail of makeGuardRails(args.guardRails)) addGuardRail(name, rail, labels, this);

		const profiles = pulumi.unsecret(pulumi.output(claimed)).apply((known) => known.profiles);
		// Known before the nodes have them, but whoever uses it waits for that.
		this.localhostProfiles = pulumi.all([profiles, daemonSet.urn]).apply(([known]) => loadedNames(known));
		this.policyHashes = profiles.apply((known) =>
			Object.fromEntries(known.map((profile) => [profile.name, profile.policyHash])),
		);
		this.daemonSet = daemonSet.metadata.name;
		const known = isKnown(declaration) ? declaration.profiles : undefined;
		programs.set(this, { label, args, profiles: known, daemonSet });
		this.registerOutputs({
			localhostProfiles: this.localhostProfiles,
			policyHashes: this.policyHashes,
			namespace: this.namespace,
			daemonSet: this.daemonSet,
		});
	}

	/**
	 * The pod's spec, confined by a profile: its `securityContext.appArmorProfile`, or that of one container. For
	 * Kubernetes from 1.30 on; before, `confineTemplate` is needed.
	 *
	 * @throws InputPropertiesError where no such profile is declared; ConfineError where the pod or the container names one
	 * already.
	 */
	confine(
		profile: string,
		podSpec: pulumi.Input<PodSpec>,
		options: { container?: string } = {},
	): pulumi.Input<PodSpec> {
		const { label, args } = programOf(this);
		if (!hasProfileField(args.kubernetesVersion))
			throw inputError(label, [
				{
					property: "confine",
					reason: `Kubernetes ${args.kubernetesVersion} has a pod's profile in an annotation, not in its spec: use confineTemplate`,
				},
			]);
		return confineSpec(loadedName(this, profile), podSpec, options);
	}

	/**
	 * The pod's template, confined by a profile: in its spec, or before Kubernetes 1.30 (`kubernetesVersion`) in its
	 * annotations; never in both.
	 *
	 * @throws InputPropertiesError where no such profile is declared; ConfineError where the pod or a container names one
	 * already.
	 */
	confineTemplate(
		profile: string,
		template: pulumi.Input<PodTemplate>,
		options: { container?: string } = {},
	): pulumi.Input<PodTemplate> {
		return confineTemplate(this, loadedName(this, profile), template, options);
	}

	/**
	 * A transform that confines the pods of every resource that it meets, for a component's or a stack's `transforms`.
	 * A pod that names a profile already keeps it.
	 *
	 * ```ts
	 * pulumi.runtime.registerResourceTransform(cluster.confineTransform("myapp"));
	 * ```
	 *
	 * @throws InputPropertiesError where no such profile is declared.
	 */
	confineTransform(profile: string, options: ConfineTransformOptions = {}): pulumi.ResourceTransform {
		const loaded = loadedName(this, profile);
		const { container, where = () => true } = options;
		const how = { keep: true, ...(container === undefined ? {} : { container }) };
		return (resource) => {
			// A loader that waited for a loader would wait for ever.
			if (!isWorkload(resource.type) || isLoader(resource.props) || !where(resource)) return undefined;
			const props = changeTemplate(resource.type, resource.props, (template) =>
				confineTemplate(this, loaded, template, how),
			);
			// The engine forgets what the changed properties depend on.
			const dependsOn = pulumi
				.output(resource.opts.dependsOn ?? [])
				.apply((others) => [others, programOf(this).daemonSet].flat()) as pulumi.Output<pulumi.Resource[]>;
			return { props, opts: { ...resource.opts, dependsOn } };
		};
	}
}

const instanceLabels = (name: string) => ({
	"app.kubernetes.io/instance": name,
	"app.kubernetes.io/managed-by": "pulumi",
});

/** Tells the pods of two distributions apart, also where both are called the same in two stacks. */
const identity = (owner: string) => createHash("sha256").update(owner).digest("hex").slice(0, 12);
