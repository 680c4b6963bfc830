import { isKnown } from "../known";
import { type Problem, type ProfileSpec, specProblems } from "../profile/spec";
import {
	type ClusterProfileDistributionArgs,
	GuardRailAction,
	type GuardRails,
	LoaderParser,
	ProfileNames,
} from "./distribution-args";
import { defaultNamespace } from "./namespace";
import { nodeProblems } from "./nodes";
import { hasProfileField, parseKubernetesVersion } from "./version";

const longestName = 40;

/** Everything that is wrong with a distribution's arguments but for its profiles. */
export function distributionProblems(name: string, args: ClusterProfileDistributionArgs): Problem[] {
	const problems: Problem[] = [];
	const add = (property: string, reason: string) => problems.push({ property, reason });
	if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > longestName)
		add(
			"name",
			`${JSON.stringify(name)} must be at most ${longestName} lower-case letters, digits and "-", for it is part of the names of Kubernetes objects`,
		);
	oneOf("names", args.names, ProfileNames, add);
	oneOf("parser", args.parser, LoaderParser, add);
	if (args.parser === LoaderParser.Image && args.image === undefined)
		add(
			"image",
			'is missing: parser "image" needs an image with an apparmor_parser, such as one made from images/loader/Dockerfile',
		);
	if (args.createNamespace && args.namespace === undefined)
		add("namespace", "is missing: createNamespace makes the namespace that it names");
	if (args.createNamespace && args.namespace === defaultNamespace)
		add("createNamespace", `${defaultNamespace} is there in every cluster, and cannot be made`);
	problems.push(...nodeProblems(args));
	if (args.rollout?.maxSurge !== undefined && args.rollout.maxUnavailable !== undefined)
		add("rollout.maxUnavailable", "Kubernetes takes either maxSurge or maxUnavailable for a DaemonSet, not both");
	for (const key of ["maxSurge", "maxUnavailable"] as const) {
		const value: unknown = args.rollout?.[key];
		if (value !== undefined && isKnown(value) && !/^([1-9]\d*|[1-9]\d?%|100%)$/.test(String(value)))
			add(`rollout.${key}`, `${JSON.stringify(value)} is no number of nodes such as "1", or share such as "25%"`);
	}
	if (
		args.readyTimeoutSeconds !== undefined &&
		!(Number.isInteger(args.readyTimeoutSeconds) && args.readyTimeoutSeconds > 0)
	)
		add("readyTimeoutSeconds", `${args.readyTimeoutSeconds} is no whole number of seconds above 0`);
	const unloadAfter = args.unloadAfterSeconds;
	if (typeof unloadAfter === "number" && !(Number.isInteger(unloadAfter) && unloadAfter >= 0))
		add("unloadAfterSeconds", `${unloadAfter} is no whole number of seconds`);
	if (args.kubernetesVersion !== undefined && !parseKubernetesVersion(args.kubernetesVersion))
		add("kubernetesVersion", `${JSON.stringify(args.kubernetesVersion)} is no version such as "1.29"`);
	problems.push(...guardRailProblems(args));
	return problems;
}

function oneOf(
	property: string,
	value: string | undefined,
	known: Record<string, string>,
	add: (property: string, reason: string) => void,
): void {
	const values = Object.values(known);
	if (value !== undefined && !values.includes(value))
		add(property, `${JSON.stringify(value)} is none of ${values.join(", ")}`);
}

function guardRailProblems({ guardRails, namespace, kubernetesVersion }: ClusterProfileDistributionArgs): Problem[] {
	if (guardRails === undefined) return [];
	const problems: Problem[] = [];
	const add = (property: string, reason: string) => problems.push({ property: `guardRails.${property}`, reason });
	const { localhostProfilePrefix: prefix, exemptNamespaces = [], requireProfileIn = [] }: GuardRails = guardRails;
	oneOf("action", guardRails.action, GuardRailAction, add);
	if (prefix !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(prefix))
		add("localhostProfilePrefix", `${JSON.stringify(prefix)} is not what a profile's name can start with`);
	if (prefix === undefined && exemptNamespaces.length > 0)
		add("exemptNamespaces", "are exempt from nothing: localhostProfilePrefix is not set");
	if (prefix === undefined && requireProfileIn.length === 0)
		add("localhostProfilePrefix", "is missing, and so is requireProfileIn: there is no rule");
	const own = namespace ?? defaultNamespace;
	if (isKnown(own) && requireProfileIn.includes(own))
		add("requireProfileIn", `${JSON.stringify(own)} is the namespace of the loader, which cannot be confined itself`);
	if (!hasProfileField(kubernetesVersion))
		problems.push({
			property: "guardRails",
			reason: `need Kubernetes 1.30, where policies for admission are on and pods say their profile in a field; kubernetesVersion is ${kubernetesVersion}`,
		});
	return problems;
}

/** Whether a profile's spec is good enough to be rendered, whatever is wrong with its name beside others. */
export function isRenderable(spec: ProfileSpec): boolean {
	return typeof spec === "object" && spec !== null && specProblems(spec).length === 0;
}

/** What is wrong with the profiles' specs, each with its place in the list. */
export function profileProblems(specs: readonly ProfileSpec[], guardRails: GuardRails | undefined): Problem[] {
	const seen = new Map<string, number>();
	return specs.flatMap((spec, index) => {
		const place = `profiles[${index}]`;
		if (typeof spec !== "object" || spec === null)
			return [{ property: place, reason: "must be an object with a name, a template or a policy, and a mode" }];
		const problems = specProblems(spec).map(({ property, reason }) => ({ property: `${place}.${property}`, reason }));
		const before = seen.get(spec.name);
		if (before !== undefined)
			problems.push({
				property: `${place}.name`,
				reason: `${JSON.stringify(spec.name)} is the name of profiles[${before}] already`,
			});
		seen.set(spec.name, index);
		const prefix = guardRails?.localhostProfilePrefix;
		if (prefix !== undefined && typeof spec.name === "string" && !spec.name.startsWith(prefix))
			problems.push({
				property: `${place}.name`,
				reason: `${JSON.stringify(spec.name)} does not start with ${JSON.stringify(prefix)}: guardRails.localhostProfilePrefix would let no pod name it`,
			});
		return problems;
	});
}
