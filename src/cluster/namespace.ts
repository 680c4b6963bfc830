import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Where the agents of nodes live: it is there in every cluster, and no Pod Security Standard is enforced in it. */
export const defaultNamespace = "kube-system";

const standards = ["enforce", "audit", "warn"].map((what) => `pod-security.kubernetes.io/${what}`);

/** A namespace that allows what the loader needs: folders of the node, and the capability to load policy. */
export function loaderNamespace(
	name: string,
	namespace: pulumi.Input<string>,
	labels: Record<string, string>,
	opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
	const privileged = Object.fromEntries(standards.map((label) => [label, "privileged"]));
	return new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels: { ...labels, ...privileged } } }, opts);
}
