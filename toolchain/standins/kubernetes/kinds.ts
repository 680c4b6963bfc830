import { apiVersionOf, type KubeObject, kindOf } from "./object";

export interface Kind {
	apiVersion: string;
	kind: string;
}

/** `apps/v1` and `DaemonSet` of a type token such as `kubernetes:apps/v1:DaemonSet`. */
export function kindOfUrn(urn: string): Kind {
	const type = (urn.split("::")[2] ?? "").replace(/^.*\$/, "");
	const [, module = "", kind = ""] = type.split(":");
	if (!/^[^/]+\/[^/]+$/.test(module) || unsupported.test(type)) {
		throw new Error(
			`${type} is not among the resources that this stand-in for pulumi-resource-kubernetes knows: it manages the API server's own kinds, one object a resource, no Helm charts, Kustomize folders or YAML files`,
		);
	}
	return { apiVersion: module.replace(/^core\//, ""), kind };
}

const unsupported = /^kubernetes:(helm\.sh|kustomize|yaml)\b/;

export const isPatchUrn = (urn: string, kind: string) => kindOfUrn(urn).kind === `${kind}Patch`;

export const isListUrn = (urn: string) => isBuiltIn(kindOfUrn(urn)) && kindOfUrn(urn).kind.endsWith("List");

export const groupOf = (apiVersion: string) => (apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "");

const dottedGroups = new Set(
	"admissionregistration apiextensions apiregistration authentication authorization certificates coordination discovery events flowcontrol.apiserver internal.apiserver networking node rbac.authorization resource scheduling storage storagemigration"
		.split(" ")
		.map((name) => `${name}.k8s.io`),
);

/** Whether the API server itself defines the kind; otherwise it is a custom resource. */
export function isBuiltIn({ apiVersion }: Kind): boolean {
	const group = groupOf(apiVersion);
	return group.includes(".") ? dottedGroups.has(group) : true;
}

const clusterScoped = new Set(
	"Namespace Node PersistentVolume ComponentStatus ClusterRole ClusterRoleBinding PriorityClass StorageClass VolumeAttachment VolumeAttributesClass CSIDriver CSINode CustomResourceDefinition APIService ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding RuntimeClass IngressClass FlowSchema PriorityLevelConfiguration CertificateSigningRequest ClusterTrustBundle ServiceCIDR IPAddress DeviceClass DeviceTaintRule ResourceSlice StorageVersion StorageVersionMigration SelfSubjectReview TokenReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview".split(
		" ",
	),
);

/** Whether objects of a built-in kind live in namespaces: known without asking a cluster, which may be out of reach. */
export const isNamespacedBuiltIn = ({ kind }: Kind) => !clusterScoped.has(kind);

export const gvkOf = (object: KubeObject): Kind => ({ apiVersion: apiVersionOf(object), kind: kindOf(object) });

export const isSecretKind = ({ apiVersion, kind }: Kind) => apiVersion === "v1" && kind === "Secret";
export const isConfigMapKind = ({ apiVersion, kind }: Kind) => apiVersion === "v1" && kind === "ConfigMap";
export const isCrdKind = ({ apiVersion, kind }: Kind) =>
	groupOf(apiVersion) === "apiextensions.k8s.io" && kind === "CustomResourceDefinition";
