import type * as pulumi from "@pulumi/pulumi";
import type { Mode } from "../policy/mode";

/** A profile as it is declared for a cluster: the same as on hosts. */
export interface ClusterProfile {
	/** The profile's name, as manifests say it: letters, digits and `. _ + -`. */
	name: string;
	/**
	 * A template: a file (with a "/" in its name or ending in ".hbs", relative to the program's folder), or the
	 * name of one that comes with the package, such as "container". Either this or `policy` is needed.
	 */
	template?: pulumi.Input<string>;
	/** The policy itself, as text that declares exactly this profile. Either this or `template` is needed. */
	policy?: pulumi.Input<string>;
	/** The values for the template. Nothing in them can change the policy's structure. */
	// biome-ignore lint/suspicious/noExplicitAny: the only type for "any value" that Pulumi's schema inference takes.
	values?: pulumi.Input<{ [key: string]: any }>;
	/**
	 * What the profile does: "complain" logs what it would refuse, "enforce" refuses and logs, "kill" kills the
	 * process as well, "unconfined" only attaches the name, "disabled" does not load it.
	 */
	mode: pulumi.Input<Mode>;
	/**
	 * A path that the profile attaches to. Containers need none: they name their profile. With one, the profile
	 * confines that program everywhere on the node, in every container that names no profile and on the host.
	 */
	attachment?: pulumi.Input<string>;
	/** The oldest AppArmor release on the nodes, such as "4.0"; "3.0" by default, which every later one reads too. */
	parserVersion?: pulumi.Input<string>;
}

/** How the profiles are called in the kernel of a node. */
export const ProfileNames = {
	/** As they are declared. A changed policy acts on running containers at once. */
	Stable: "stable",
	/**
	 * `NAME-HASH`, with 8 hexadecimal digits of the policy's hash. A changed policy is a new profile, which pods get
	 * when they are replaced; the old one is unloaded when nothing uses it any more.
	 */
	ContentAddressed: "content-addressed",
} as const;
export type ProfileNames = (typeof ProfileNames)[keyof typeof ProfileNames];

/** Whose apparmor_parser compiles the policies. */
export const LoaderParser = {
	/** The node's own, in a chroot of the folders that it is made of. */
	Node: "node",
	/** The one in the loader's image, for nodes that have none. */
	Image: "image",
} as const;
export type LoaderParser = (typeof LoaderParser)[keyof typeof LoaderParser];

/** What the API server does with a pod that breaks a guard rail. */
export const GuardRailAction = {
	/** Refuses it. */
	Deny: "Deny",
	/** Accepts it, with a warning to who sent it. */
	Warn: "Warn",
	/** Accepts it, with an annotation in the audit log. */
	Audit: "Audit",
} as const;
export type GuardRailAction = (typeof GuardRailAction)[keyof typeof GuardRailAction];

/** An expression over a node's labels, as in a node affinity. */
export interface NodeExpression {
	/** The label's name. */
	key: string;
	/** How the label is compared: "In", "NotIn", "Exists" or "DoesNotExist". */
	operator: string;
	/** The label's values, for "In" and "NotIn". */
	values?: string[];
}

/** A taint that the loader's pods tolerate, as in a pod. */
export interface LoaderToleration {
	/** The taint's name; every taint without it. */
	key?: pulumi.Input<string>;
	/** How the value is compared: "Exists", or "Equal", which is the default. */
	operator?: pulumi.Input<string>;
	/** The taint's value, for "Equal". */
	value?: pulumi.Input<string>;
	/** Which taints are meant: "NoSchedule", "PreferNoSchedule" or "NoExecute"; each of them without it. */
	effect?: pulumi.Input<string>;
	/** For "NoExecute": how many seconds the pod stays; for ever without it. */
	tolerationSeconds?: pulumi.Input<number>;
}

/** How a change goes over the nodes; each a number of nodes such as "1", or a share such as "25%". */
export interface LoaderRollout {
	/** How many nodes may have their old pod beside the new one until that is ready. Not with `maxUnavailable`. */
	maxSurge?: pulumi.Input<string>;
	/** How many nodes may be without a ready pod at a time. Not with `maxSurge`. */
	maxUnavailable?: pulumi.Input<string>;
}

/** What a pod of the loader asks for, and may use at most, in Kubernetes' quantities such as "64Mi". */
export interface LoaderResources {
	/** Memory asked for; "16Mi" by default. */
	memoryRequest?: pulumi.Input<string>;
	/** Memory at most; "256Mi" by default. It is used while policies are compiled, and hardly any later. */
	memoryLimit?: pulumi.Input<string>;
	/** CPU asked for; "5m" by default. There is no limit: it would only make loading slow. */
	cpuRequest?: pulumi.Input<string>;
}

/** Rules of the API server about which profiles pods may name, and must. They need Kubernetes 1.30. */
export interface GuardRails {
	/**
	 * The prefix of the profiles that pods may name: a pod with another `localhostProfile` breaks the rule. The
	 * names of this distribution's profiles have to start with it.
	 */
	localhostProfilePrefix?: string;
	/** Namespaces in which that is not asked for, such as that of another tool with profiles of its own. */
	exemptNamespaces?: string[];
	/** Namespaces in which each container must be confined by a profile of the node, not just by the runtime's. */
	requireProfileIn?: string[];
	/** What a broken rule leads to: "Deny" (the default), "Warn" or "Audit". */
	action?: GuardRailAction;
}

/** What a ClusterProfileDistribution is made from. */
export interface ClusterProfileDistributionArgs {
	/** The profiles; any number. */
	profiles: pulumi.Input<pulumi.Input<ClusterProfile>[]>;
	/**
	 * How the profiles are called on the nodes: "stable" (the default), as they are declared, or
	 * "content-addressed", `NAME-HASH`: then every policy is a profile of its own.
	 */
	names?: ProfileNames;
	/**
	 * The namespace of the loader. "kube-system" by default, where the agents of nodes live; another must allow
	 * privileged pods (Pod Security Standards), for the loader mounts folders of the node.
	 */
	namespace?: pulumi.Input<string>;
	/** Makes that namespace, so that it allows what the loader needs, and removes it again. False by default. */
	createNamespace?: boolean;
	/** Whose apparmor_parser compiles the policies: "node" (the default), or "image" for nodes without one. */
	parser?: LoaderParser;
	/**
	 * The loader's image. For `parser` "node" any with a shell, coreutils and gzip will do, and "busybox:1.37.0" is the
	 * default; for "image" it is needed, and made from images/loader/Dockerfile.
	 */
	image?: pulumi.Input<string>;
	/** When the image is pulled: "IfNotPresent" (the default), "Always" or "Never". */
	imagePullPolicy?: pulumi.Input<string>;
	/** The names of the secrets with which the image is pulled, in the same namespace. None by default. */
	imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
	/** The labels of the nodes that get the profiles. Every node by default. */
	nodeSelector?: { [label: string]: string };
	/** Expressions over the labels of the nodes that get the profiles, all of which must hold. None by default. */
	nodeExpressions?: NodeExpression[];
	/** The taints that the loader tolerates. Every taint by default: profiles must be there before other pods are. */
	tolerations?: pulumi.Input<pulumi.Input<LoaderToleration>[]>;
	/** The loader's priority class; "system-node-critical" by default, so that no other pod takes its place. */
	priorityClassName?: pulumi.Input<string>;
	/** How a change goes over the nodes; over all of them at once by default, `maxSurge` "100%". */
	rollout?: LoaderRollout;
	/** What the loader's pods ask for. */
	resources?: LoaderResources;
	/** Labels for everything that is created, beside the package's own. None by default. */
	labels?: { [label: string]: string };
	/**
	 * How long, in seconds, every node may take to have every profile loaded, until the operation fails; 300 by
	 * default. A node that cannot load one is not given up before.
	 */
	readyTimeoutSeconds?: number;
	/**
	 * How long, in seconds, no process may have used a profile that is not declared any more, until it is unloaded;
	 * 360 by default, longer than a crashing container waits to be started again.
	 */
	unloadAfterSeconds?: pulumi.Input<number>;
	/** Writes a file for node-feature-discovery on each node, so that its labels tell what is loaded. False by default. */
	nodeFeatures?: boolean;
	/**
	 * The cluster's version, such as "1.29", where it is older than 1.30: there a container's profile is an
	 * annotation of its pod. 1.30 or newer by default, where it is a field.
	 */
	kubernetesVersion?: string;
	/** Rules of the API server about the profiles that pods name. None by default. */
	guardRails?: GuardRails;
}
