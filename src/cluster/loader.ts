import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { change } from "../known";
import { profileAnnotation } from "./confine";
import { type ClusterProfileDistributionArgs, LoaderParser, type LoaderRollout } from "./distribution-args";
import { nodeAffinity } from "./nodes";
import { loaderName, statusContainer } from "./status-place";
import { hasProfileField } from "./version";

/** What a loader is besides what its distribution says. */
export interface LoaderParts {
	/** Whose profiles it loads, in the words of the node's records. */
	owner: string;
	/** The labels that choose its pods. */
	selector: Record<string, string>;
	labels: Record<string, string>;
	serviceAccount: pulumi.Input<string>;
	agentConfigMap: pulumi.Input<string>;
	/** The ConfigMaps with what is declared. */
	declaredConfigMaps: pulumi.Input<pulumi.Input<string>[]>;
}

type Spec = k8s.types.input.apps.v1.DaemonSetSpec;
type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** The loader's only container; `pulumi-apparmor status` asks it. */
export const loaderContainer = statusContainer;

/** Chooses the loaders of all distributions, beside what chooses those of one. */
export const loaderLabels = { "app.kubernetes.io/name": loaderName };

/** Whether an object is a loader's DaemonSet. */
export function isLoader(props: { metadata?: { labels?: Record<string, unknown> } }): boolean {
	const labels = props.metadata?.labels ?? {};
	return Object.entries(loaderLabels).every(([key, value]) => labels[key] === value);
}

/** The loader's default image: any will do that has a shell, coreutils and gzip. */
export const defaultImage = "busybox:1.37.0";

const declaredFolder = "/etc/pulumi-apparmor/declared";
const agentFolder = "/opt/pulumi-apparmor";
const agent = `${agentFolder}/apparmor-agent.sh`;
const runFolder = "/run/pulumi-apparmor";
const stateFolder = "/var/lib/pulumi-apparmor";
const securityFs = "/sys/kernel/security";
const nodeRoot = "/host";
/**
 * What the node's own parser is made of, by volume: a chroot of these and no more. The whole of "/" would let the loader do
 * whatever root may: a mount that is read-only leaves what is mounted below it writable, such as /proc and /run.
 */
const nodesParser: [name: string, path: string][] = [
	["usr", "/usr"],
	["lib", "/lib"],
	["lib64", "/lib64"],
	["sbin", "/sbin"],
	["parser-settings", "/etc/apparmor"],
	["abstractions", "/etc/apparmor.d"],
];
const featuresFolder = "/etc/kubernetes/node-feature-discovery/features.d";

/** The DaemonSet that loads the profiles and keeps them as declared. */
export function loaderSpec(args: ClusterProfileDistributionArgs, parts: LoaderParts): Spec {
	const annotations = hasProfileField(args.kubernetesVersion)
		? {}
		: { annotations: { [profileAnnotation(loaderContainer)]: "unconfined" } };
	return {
		selector: { matchLabels: parts.selector },
		updateStrategy: { type: "RollingUpdate", rollingUpdate: rollingUpdate(args.rollout) },
		// An older revision names ConfigMaps that are gone: there is none to go back to.
		revisionHistoryLimit: 1,
		template: {
			metadata: { labels: { ...parts.labels, ...parts.selector }, ...annotations },
			spec: podSpec(args, parts),
		},
	};
}

/**
 * The new pod starts beside the old one: a change does not wait for the old pod's end, and where it fails the old one
 * stays. Over all nodes at once, for a node without its loader for a moment keeps its profiles.
 */
function rollingUpdate({ maxSurge, maxUnavailable }: LoaderRollout = {}) {
	if (maxUnavailable !== undefined) return { maxUnavailable: amount(maxUnavailable), maxSurge: 0 };
	return { maxSurge: amount(maxSurge ?? "100%"), maxUnavailable: 0 };
}

/** Kubernetes takes a number, or text with a "%". */
function amount(value: pulumi.Input<string>): pulumi.Input<number | string> {
	return change(value, (known) => (/^\d+$/.test(known) ? Number(known) : known));
}

function podSpec(args: ClusterProfileDistributionArgs, parts: LoaderParts): PodSpec {
	const affinity = nodeAffinity(args);
	return {
		serviceAccountName: parts.serviceAccount,
		automountServiceAccountToken: false,
		enableServiceLinks: false,
		priorityClassName: args.priorityClassName ?? "system-node-critical",
		tolerations: args.tolerations ?? [{ operator: "Exists" }],
		nodeSelector: { "kubernetes.io/os": "linux", ...args.nodeSelector },
		...(affinity ? { affinity } : {}),
		...(args.imagePullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets(args.imagePullSecrets) }),
		// It ends at once, and the profiles stay.
		terminationGracePeriodSeconds: 10,
		securityContext: {
			seccompProfile: { type: "RuntimeDefault" },
			// The runtime's own profile refuses what loading a profile takes. (For an older Kubernetes, see the annotation.)
			...(hasProfileField(args.kubernetesVersion) ? { appArmorProfile: { type: "Unconfined" } } : {}),
		},
		containers: [container(args, parts.owner)],
		volumes: volumes(args, parts),
	};
}

function container(args: ClusterProfileDistributionArgs, owner: string): Container {
	const { memoryRequest = "16Mi", memoryLimit = "256Mi", cpuRequest = "5m" } = args.resources ?? {};
	const usesNodesParser = args.parser !== LoaderParser.Image;
	const env: k8s.types.input.core.v1.EnvVar[] = [
		{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
		{ name: "AGENT_OWNER", value: owner },
	];
	if (usesNodesParser) env.push({ name: "AGENT_NODE_ROOT", value: nodeRoot });
	if (args.nodeFeatures) env.push({ name: "AGENT_FEATURES_DIR", value: featuresFolder });
	if (args.unloadAfterSeconds !== undefined)
		env.push({ name: "AGENT_UNUSED_SECONDS", value: text(args.unloadAfterSeconds) });
	return {
		name: loaderContainer,
		image: args.image ?? defaultImage,
		imagePullPolicy: args.imagePullPolicy ?? "IfNotPresent",
		command: ["sh", agent, "serve", declaredFolder],
		env,
		// Ready is who has started: a loader ends by itself where it cannot put back what others have changed, because a
		// probe now and then takes more than all that it does at rest. One a second would take more of the node than to
		// load everything, so this one waits by itself, up to 15 times a minute long.
		startupProbe: {
			exec: { command: ["sh", "-c", `until cat ${runFolder}/ready 2>/dev/null; do sleep 1; done`] },
			timeoutSeconds: 60,
			periodSeconds: 1,
			failureThreshold: 15,
		},
		resources: {
			requests: { cpu: cpuRequest, memory: memoryRequest },
			limits: { memory: memoryLimit },
		},
		terminationMessagePolicy: "FallbackToLogsOnError",
		securityContext: {
			runAsUser: 0,
			privileged: false,
			allowPrivilegeEscalation: false,
			readOnlyRootFilesystem: true,
			capabilities: { drop: ["ALL"], add: usesNodesParser ? ["MAC_ADMIN", "SYS_CHROOT"] : ["MAC_ADMIN"] },
		},
		volumeMounts: [
			{ name: "declared", mountPath: declaredFolder, readOnly: true },
			{ name: "agent", mountPath: agentFolder, readOnly: true },
			{ name: "run", mountPath: runFolder },
			{ name: "state", mountPath: stateFolder },
			{ name: "securityfs", mountPath: securityFs },
			{ name: "proc", mountPath: `${nodeRoot}/proc`, ...readOnly(args) },
			// Nothing of the kernel's settings: what is mounted below them would be writable.
			{ name: "nothing", mountPath: `${nodeRoot}/proc/sys`, readOnly: true },
			...(usesNodesParser ? nodesParserMounts(args) : []),
			...(args.nodeFeatures ? [{ name: "features", mountPath: featuresFolder }] : []),
		],
	};
}

/** Where the node's parser runs; what it loads it finds, and puts, where it would on the node. */
const nodesParserMounts = (args: ClusterProfileDistributionArgs) => [
	...nodesParser.map(([name, path]) => ({ name, mountPath: `${nodeRoot}${path}`, ...readOnly(args) })),
	{ name: "state", mountPath: `${nodeRoot}${stateFolder}`, ...readOnly(args) },
	{ name: "securityfs", mountPath: `${nodeRoot}${securityFs}` },
];

/** Also what is mounted below, where kubelet and runtime can (Kubernetes 1.31, containerd 2.0; KEP-3857). */
const readOnly = ({ kubernetesVersion }: ClusterProfileDistributionArgs) => ({
	readOnly: true,
	...(hasProfileField(kubernetesVersion) ? { recursiveReadOnly: "IfPossible" } : {}),
});

function volumes(args: ClusterProfileDistributionArgs, parts: LoaderParts): k8s.types.input.core.v1.Volume[] {
	const sources = change(parts.declaredConfigMaps, (names) => names.map((name) => ({ configMap: { name } })));
	return [
		{ name: "declared", projected: { defaultMode: 0o400, sources } },
		{ name: "agent", configMap: { name: parts.agentConfigMap, defaultMode: 0o400 } },
		{ name: "run", emptyDir: { medium: "Memory" } },
		{ name: "state", hostPath: { path: stateFolder, type: "DirectoryOrCreate" } },
		{ name: "securityfs", hostPath: { path: securityFs } },
		{ name: "proc", hostPath: { path: "/proc" } },
		{ name: "nothing", emptyDir: { medium: "Memory" } },
		...(args.parser === LoaderParser.Image ? [] : nodesParser.map(([name, path]) => ({ name, hostPath: { path } }))),
		...(args.nodeFeatures ? [{ name: "features", hostPath: { path: featuresFolder, type: "DirectoryOrCreate" } }] : []),
	];
}

const pullSecrets = (names: pulumi.Input<pulumi.Input<string>[]>) =>
	change(names, (known) => known.map((name) => ({ name })));

const text = (value: pulumi.Input<number>) => change(value, String);
