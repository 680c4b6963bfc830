import { type Bag, isBag, type Value } from "../values";
import { gvkOf, isConfigMapKind, isSecretKind } from "./kinds";
import { hasAnnotation, type KubeObject } from "./object";

/** One step of a property's path: a key, or an index of a list. */
export type Path = (string | number)[];

const identity = ["metadata.name", "metadata.namespace"];
const selector = ["spec.selector"];
const podFields =
	"affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes";
const containerFields =
	"args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir";
const volumeSources =
	"awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume";

const below = (prefix: string, names: string) => names.split(" ").map((name) => `${prefix}.${name}`);

/** The properties, kind by kind, that cannot change in place; as the official plugin lists them. */
const byKind: Record<string, string[]> = {
	"apps/v1/DaemonSet": selector,
	"apps/v1/Deployment": selector,
	"apps/v1/StatefulSet": [
		...selector,
		...below("spec", "podManagementPolicy revisionHistoryLimit serviceName volumeClaimTemplates"),
	],
	"batch/v1/Job": [...selector, ...below("spec", "completions parallelism template")],
	"rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
	"rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
	"storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
	"v1/PersistentVolume": below("spec", volumeSources),
	"v1/PersistentVolumeClaim": below("spec", "accessModes selector storageClassName volumeName"),
	"v1/Pod": [
		...below("spec", podFields),
		...below("spec.containers[*]", containerFields),
		...below("spec.initContainers[*]", containerFields),
	],
	"v1/ResourceQuota": ["spec.scopes"],
	"v1/Service": ["spec.clusterIP"],
};

export interface Mutability {
	mutableConfigMaps: boolean;
	mutableSecrets: boolean;
}

/** The paths whose change makes a new object. A ConfigMap's and a Secret's content does, unless the provider says otherwise. */
export function replacingPaths(object: KubeObject, { mutableConfigMaps, mutableSecrets }: Mutability): string[] {
	const kind = gvkOf(object);
	if (isSecretKind(kind) && (!mutableSecrets || object.immutable === true)) {
		return [...identity, "type", "stringData", "data"];
	}
	if (isSecretKind(kind)) return [...identity, "type"];
	if (isConfigMapKind(kind) && (!mutableConfigMaps || object.immutable === true)) {
		return [...identity, "binaryData", "data"];
	}
	return [...identity, ...(byKind[`${kind.apiVersion}/${kind.kind}`] ?? [])];
}

const steps = (pattern: string) => pattern.replaceAll("[*]", ".*").split(".");

/** Whether a change at `path` to `value` touches one of the patterns: below it, at it, or with it inside of the value. */
export function replaces(path: Path, value: Value | undefined, patterns: string[]): boolean {
	return patterns.some((pattern) => {
		const wanted = steps(pattern);
		const common = Math.min(wanted.length, path.length);
		for (let i = 0; i < common; i++) {
			const matches = wanted[i] === "*" ? typeof path[i] === "number" : wanted[i] === path[i];
			if (!matches) return false;
		}
		return path.length >= wanted.length || contains(value, wanted.slice(common));
	});
}

function contains(value: Value | undefined, [first, ...rest]: string[]): boolean {
	if (first === undefined) return value !== undefined;
	if (first === "*") return Array.isArray(value) && value.some((item) => contains(item, rest));
	return isBag(value) && contains((value as Bag)[first], rest);
}

/**
 * Whether the old object has to go before the new one comes: it keeps a name that its program gave it. One that the
 * plugin named gets a new name, so that the new object can come first.
 */
export const sameName = (
	before: { name: string; namespace: string },
	after: KubeObject,
	{ name, namespace }: { name: string; namespace: string },
) =>
	name !== "" &&
	!hasAnnotation(after, "pulumi.com/autonamed") &&
	name === before.name &&
	namespace === before.namespace;
