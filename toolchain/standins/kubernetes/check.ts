import type { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceLog } from "../engine-log";
import { type Bag, containsUnknown } from "../values";
import { apiKeys, withSecrets } from "./checkpoint";
import type { Cluster } from "./cluster";
import { isListUrn, isPatchUrn, kindOfUrn } from "./kinds";
import { adoptName, assignName } from "./names";
import { normalise } from "./normalise";
import { at, type KubeObject, namespaceOf, withAt } from "./object";

/** Marks what was made without server-side apply, which has a list of managers for that. */
const managedBy = ["metadata", "labels", "app.kubernetes.io/managed-by"];

export interface Checked {
	urn: string;
	olds: Bag;
	news: Bag;
	/** Of the engine, for names. */
	seed: Uint8Array;
	autonaming: CheckRequest.AutonamingOptions | undefined;
}

/** A resource's inputs in the form in which they are kept: normalised, named, in a namespace. Throws on what cannot be. */
export async function checkInputs(
	{ settings, discovery, unreachable }: Cluster,
	log: ResourceLog,
	{ urn, olds, news, seed, autonaming }: Checked,
): Promise<Bag> {
	if (unreachable && settings.skipUpdateUnreachable) {
		log.warning("Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...");
		return olds;
	}
	const old = apiKeys(olds);
	const given = apiKeys(news);
	refuseUnsupported(urn, given, settings.serverSideApply);
	const isNew = Object.keys(old).length === 0;
	let inputs = normalise(given);
	inputs = isNew ? assignName(inputs, nameOfUrn(urn), seed, autonaming) : adoptName(inputs, old);
	const labelled = isNew ? !settings.serverSideApply : at(old, ...managedBy) === "pulumi";
	if (labelled) inputs = withAt(inputs, managedBy, "pulumi");
	if (!namespaceOf(inputs) && !containsUnknown(at(inputs, "metadata", "namespace"))) {
		const namespaced = await discovery.isNamespaced(kindOfUrn(urn));
		if (namespaced) inputs = withAt(inputs, ["metadata", "namespace"], settings.namespace);
	}
	return withSecrets(inputs, news);
}

function refuseUnsupported(urn: string, inputs: KubeObject, serverSideApply: boolean): void {
	if (isListUrn(urn)) {
		throw new Error(
			"list resources exist for compatibility with YAML manifests and Helm charts, and cannot be created directly. Use the underlying resource type instead",
		);
	}
	if (isPatchUrn(urn, String(inputs.kind))) {
		throw new Error(
			"this stand-in for pulumi-resource-kubernetes does not manage Patch resources; they need the official plugin",
		);
	}
	if (at(inputs, "metadata", "generateName") && serverSideApply) {
		throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
	}
}

const nameOfUrn = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
