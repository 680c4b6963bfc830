import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { change } from "../known";
import { Mode } from "../policy/mode";
import { inputError } from "../problems";
import type { ClusterProfileDistribution } from "./cluster-profile-distribution";
import {
	annotateTemplate,
	type ConfineOptions,
	confineSpec,
	type LoadedName,
	type PodSpec,
	type PodTemplate,
} from "./confine";
import type { DeclaredProfile } from "./declared";
import type { ClusterProfileDistributionArgs } from "./distribution-args";
import { hasProfileField } from "./version";

/** What a distribution's methods need of it; a field would be an output of the component. */
export interface Program {
	label: string;
	args: ClusterProfileDistributionArgs;
	/** What is declared, where it is known while the program runs. */
	profiles: DeclaredProfile[] | undefined;
	daemonSet: k8s.apps.v1.DaemonSet;
}

export const programs = new WeakMap<ClusterProfileDistribution, Program>();

export const programOf = (distribution: ClusterProfileDistribution) => programs.get(distribution) as Program;

/** The profile's name on the nodes; undefined where it is not loaded there. */
export function loadedName(distribution: ClusterProfileDistribution, profile: string): LoadedName {
	const { label, profiles } = programOf(distribution);
	if (profiles) check(profiles);
	return distribution.localhostProfiles.apply((names) => names[profile]);

	function check(known: DeclaredProfile[]): void {
		const found = known.find(({ name }) => name === profile);
		if (!found) {
			const others = known.map(({ name }) => name).sort();
			const reason = `no profile ${JSON.stringify(profile)} is declared; there is ${others.join(", ") || "none"}`;
			throw inputError(label, [{ property: "confine", reason }]);
		}
		if (found.mode === Mode.Disabled)
			pulumi.log.warn(
				`${profile} is declared "disabled", and so not loaded: pods that it would confine run under the runtime's own profile`,
				distribution,
			);
	}
}

/** The pod's template, confined in its spec or its annotations, as the cluster's version has it. */
export function confineTemplate(
	distribution: ClusterProfileDistribution,
	loaded: LoadedName,
	template: pulumi.Input<PodTemplate>,
	options: ConfineOptions,
): pulumi.Input<PodTemplate> {
	if (!hasProfileField(programOf(distribution).args.kubernetesVersion))
		return annotateTemplate(loaded, template, options);
	return change(template, (known) =>
		known.spec === undefined
			? known
			: { ...known, spec: confineSpec(loaded, known.spec as pulumi.Input<PodSpec>, options) },
	);
}
