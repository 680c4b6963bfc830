import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { change, isKnown } from "../known";

export type PodSpec = k8s.types.input.core.v1.PodSpec;
export type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type Container = k8s.types.input.core.v1.Container;
type AppArmorProfile = k8s.types.input.core.v1.AppArmorProfile;
type ObjectMeta = k8s.types.input.meta.v1.ObjectMeta;

export interface ConfineOptions {
	/** Only this container, or init container, instead of the whole pod. */
	container?: string;
	/** Leaves a profile that the pod or the container names already, instead of refusing to replace it. */
	keep?: boolean;
}

/** A profile by its name on the nodes; undefined where it is declared `disabled`, and so not loaded. */
export type LoadedName = pulumi.Input<string | undefined>;

/** A pod that says already which profile it runs under, or has not the container that was named. */
export class ConfineError extends Error {
	override readonly name = "ConfineError";
}

/** The annotation that says a container's profile before Kubernetes 1.30. */
export const profileAnnotation = (container: string) => `container.apparmor.security.beta.kubernetes.io/${container}`;

/**
 * The pod, or one container of it, confined by a profile of its node. The rest of the spec stays as it is.
 *
 * @throws ConfineError where the pod, or a container that this is about, names a profile already. Where that is known
 * only later, the output fails instead.
 */
export function confineSpec(
	loaded: LoadedName,
	spec: pulumi.Input<PodSpec>,
	{ container, keep = false }: ConfineOptions = {},
): pulumi.Input<PodSpec> {
	return change(spec, (known) => {
		if (container !== undefined) return confineContainer(loaded, known, container, keep);
		// A container's own profile wins over the pod's.
		return keep
			? { ...known, ...withProfile(loaded, known, "the pod", keep) }
			: { ...known, ...checkedContainers(known), ...withProfile(loaded, known, "the pod", keep) };
	});
}

/** The containers, which fail where one names a profile. */
function checkedContainers(spec: PodSpec): Partial<PodSpec> {
	const lists = containerLists.flatMap((list) => (spec[list] === undefined ? [] : [[list, spec[list]] as const]));
	const checked = lists.map(([list, containers]) => [
		list,
		change(containers as pulumi.Input<pulumi.Input<Container>[]>, (known) =>
			known.map((one) =>
				change(one, (plain) => {
					refuseOwnProfile(plain, `container ${nameOf(plain)}`);
					return plain;
				}),
			),
		),
	]);
	return Object.fromEntries(checked);
}

const containerLists = ["containers", "initContainers"] as const;

function confineContainer(loaded: LoadedName, spec: PodSpec, wanted: string, keep: boolean): PodSpec {
	let found = 0;
	const names: string[] = [];
	const changed: Partial<PodSpec> = {};
	for (const list of containerLists) {
		const containers = spec[list] as pulumi.Input<pulumi.Input<Container>[]> | undefined;
		if (containers === undefined) continue;
		changed[list] = change(containers, (known) =>
			known.map((one) =>
				change(one, (plain) => {
					names.push(nameOf(plain));
					if (plain.name !== wanted) return plain;
					found++;
					return { ...plain, ...withProfile(loaded, plain, `container ${wanted}`, keep) };
				}),
			),
		);
	}
	const allKnown = containerLists.every((list) => {
		const containers = spec[list];
		return containers === undefined || (isKnown(containers) && (containers as unknown[]).every(isKnown));
	});
	if (allKnown && found === 0)
		throw new ConfineError(`the pod has no container "${wanted}"; it has ${names.join(", ") || "none"}`);
	return { ...spec, ...changed };
}

interface Confinable {
	securityContext?: pulumi.Input<object | undefined>;
}

function withProfile(loaded: LoadedName, holder: Confinable, what: string, keep: boolean): object {
	const securityContext = change(holder.securityContext ?? {}, (context) => {
		if (keep && (context as { appArmorProfile?: unknown }).appArmorProfile !== undefined) return context;
		refuseOwnProfile({ securityContext: context }, what);
		return { ...context, appArmorProfile: profileField(loaded) };
	});
	return { securityContext };
}

function profileField(loaded: LoadedName): pulumi.Input<AppArmorProfile | undefined> {
	return change(loaded, (name) => (name === undefined ? undefined : { type: "Localhost", localhostProfile: name }));
}

function refuseOwnProfile(holder: Confinable, what: string): void {
	const context = holder.securityContext;
	if (context === undefined || !isKnown(context)) return;
	const own = (context as { appArmorProfile?: pulumi.Input<AppArmorProfile> }).appArmorProfile;
	if (own === undefined) return;
	const shown = isKnown(own)
		? JSON.stringify({ type: own.type, localhostProfile: own.localhostProfile })
		: "of its own";
	throw new ConfineError(`${what} has an appArmorProfile already, ${shown}: take it away, or do not confine it`);
}

const nameOf = ({ name }: Container) => (typeof name === "string" ? name : "(its name is not known yet)");

/**
 * The pod template with the annotation that says the profile of each of its containers, or of one of them, to a
 * Kubernetes before 1.30.
 *
 * @throws ConfineError where an annotation is there already, or the containers' names are not known.
 */
export function annotateTemplate(
	loaded: LoadedName,
	template: pulumi.Input<PodTemplate>,
	{ container, keep = false }: ConfineOptions = {},
): pulumi.Input<PodTemplate> {
	return change(template, (known) => {
		const metadata = change(known.spec ?? {}, (spec) => {
			const names = container === undefined ? containerNames(spec as PodSpec) : [container];
			return change((known.metadata ?? {}) as pulumi.Input<ObjectMeta>, (meta) => annotated(loaded, meta, names, keep));
		});
		return { ...known, metadata };
	});
}

function containerNames(spec: PodSpec): string[] {
	return containerLists.flatMap((list) => {
		const containers = spec[list] ?? [];
		if (!isKnown(containers) || !(containers as unknown[]).every(isKnown))
			throw new ConfineError(
				`the ${list} are not known yet: before Kubernetes 1.30 their names are part of the annotation; name the container that shall be confined`,
			);
		return (containers as Container[]).map(nameOf);
	});
}

function annotated(loaded: LoadedName, meta: ObjectMeta, names: string[], keep: boolean): ObjectMeta {
	const annotations = change((meta.annotations ?? {}) as pulumi.Input<Record<string, pulumi.Input<string>>>, (own) => {
		const added = names.map((name) => {
			const key = profileAnnotation(name);
			if (own[key] !== undefined && keep) return [key, own[key]];
			if (own[key] !== undefined)
				throw new ConfineError(
					`container ${name} has the annotation ${key} already: take it away, or do not confine it`,
				);
			return [key, change(loaded, (profile) => (profile === undefined ? undefined : `localhost/${profile}`))];
		});
		return { ...own, ...Object.fromEntries(added) };
	});
	return { ...meta, annotations };
}
