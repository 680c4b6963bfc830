import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** What a test asks for, in a file that the environment names: one resource each. */
export interface WantedObject {
	name: string;
	/** The class in the SDK, e.g. `core.v1.ConfigMap`. */
	type: string;
	args?: Record<string, unknown>;
	/** Paths below the arguments whose values are secret. */
	secrets?: string[];
	/** Where, below the arguments, the name of an earlier resource's object goes. */
	nameOf?: { resource: string; path: string };
	/** Reads this object instead of making one: `namespace/name`. */
	get?: string;
	/** Only the options that JSON can say. */
	options?: pulumi.CustomResourceOptions;
	/** Names of earlier resources. */
	dependsOn?: string[];
	/** Made through the provider of the environment, not through that of `TEST_PROVIDER`. */
	ambient?: boolean;
}

type Constructor = new (
	name: string,
	args: unknown,
	options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & { metadata: pulumi.Output<{ name: string; namespace?: string }> };

const wanted = JSON.parse(readFileSync(process.env.TEST_OBJECTS as string, "utf8")) as WantedObject[];
const providerArgs = JSON.parse(process.env.TEST_PROVIDER ?? "{}") as kubernetes.ProviderArgs;
const provider = new kubernetes.Provider("cluster", providerArgs);

function classOf(type: string): Constructor & { get(name: string, id: string, options: object): unknown } {
	const found = type.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], kubernetes);
	return found as ReturnType<typeof classOf>;
}

function put(args: Record<string, unknown>, path: string, change: (value: unknown) => unknown): void {
	const keys = path.split(".");
	const last = keys.pop() as string;
	let inner = args;
	for (const key of keys) {
		inner[key] ??= {};
		inner = inner[key] as Record<string, unknown>;
	}
	inner[last] = change(inner[last]);
}

const made: Record<string, InstanceType<Constructor>> = {};
/** The objects' names in the cluster. */
export const names: Record<string, pulumi.Output<string>> = {};
/** The objects as the program sees them. */
export const objects: Record<string, unknown> = {};
for (const { name, type, args = {}, secrets = [], nameOf, get, options = {}, dependsOn = [], ambient } of wanted) {
	for (const path of secrets) put(args, path, (value) => pulumi.secret(value));
	if (nameOf) put(args, nameOf.path, () => made[nameOf.resource]?.metadata.name);
	const all = {
		...options,
		...(ambient ? {} : { provider }),
		dependsOn: dependsOn.map((other) => made[other] as pulumi.Resource),
	};
	const Class = classOf(type);
	const resource = (get ? Class.get(name, get, all) : new Class(name, args, all)) as InstanceType<Constructor>;
	made[name] = resource;
	names[name] = resource.metadata.name;
	const { metadata, spec, status, data } = resource as unknown as Record<string, unknown>;
	objects[name] = { metadata, spec, status, data };
}
