import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isKnown } from "../known";
import type { Shard } from "./shards";

/** Where the ConfigMaps of a distribution go. */
export interface ConfigMapPlace {
	/** What their names start with. */
	name: string;
	metadata: k8s.types.input.meta.v1.ObjectMeta;
	parent: pulumi.Resource;
}

/** A ConfigMap that never changes: other content is another one, whose name rolls the DaemonSet. */
export function immutableConfigMap(
	{ name, metadata, parent }: ConfigMapPlace,
	part: string,
	content: Pick<k8s.core.v1.ConfigMapArgs, "data" | "binaryData">,
	opts: pulumi.CustomResourceOptions = {},
): k8s.core.v1.ConfigMap {
	return new k8s.core.v1.ConfigMap(`${name}-${part}`, { metadata, immutable: true, ...content }, { ...opts, parent });
}

/** The ConfigMaps of what is declared; resolves with their names. */
export function shardConfigMaps(
	place: ConfigMapPlace,
	shards: pulumi.Input<Shard[]>,
): pulumi.Input<pulumi.Input<string>[]> {
	const make = (isSecret: boolean) => (shard: Shard) => shardConfigMap(place, shard, isSecret).metadata.name;
	if (isKnown(shards)) return shards.map(make(false));
	// How many there are is known only later. What is secret has to be marked again, or it would be in the state.
	const later = pulumi.output(shards);
	const both = pulumi.all([later, pulumi.isSecret(later)]);
	return pulumi.unsecret(both.apply(([known, isSecret]) => (known as Shard[]).map(make(isSecret))));
}

function shardConfigMap(place: ConfigMapPlace, shard: Shard, isSecret: boolean): k8s.core.v1.ConfigMap {
	const { data, binaryData, contentHash, part } = shard;
	const keep = (value: Record<string, string>) => (isSecret ? pulumi.secret(value) : value);
	const kept = { ...(data ? { data: keep(data) } : {}), ...(binaryData ? { binaryData: keep(binaryData) } : {}) };
	if (!binaryData) return immutableConfigMap(place, part, kept);
	// The same text compresses to other bytes on another machine: what it is goes by its hash, not by its bytes.
	return immutableConfigMap(place, `${part}-${contentHash.slice(0, 8)}`, kept, {
		ignoreChanges: ["binaryData"],
	});
}
