import { type Bag, isBag, isSecret, plain, secret, type Value } from "../values";
import { gvkOf, isSecretKind } from "./kinds";
import type { KubeObject } from "./object";

// What a resource's state holds, in the official plugin's form, so that either plugin can go on where the other
// stopped: the object as the cluster has it, beside it under these names what was asked for, the API version that it
// was made with, and the name under which its fields are managed.
const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";

export interface Checkpoint {
	inputs: KubeObject;
	live: KubeObject;
	initialApiVersion: string | undefined;
	fieldManager: string | undefined;
}

const textOf = (value: Value | undefined) => (typeof value === "string" ? value : undefined);

export function parseCheckpoint(state: Bag): Checkpoint {
	const { [inputsKey]: inputs, [initialApiVersionKey]: version, [fieldManagerKey]: manager, ...live } = apiKeys(state);
	return {
		inputs: isBag(inputs) ? inputs : {},
		live,
		initialApiVersion: textOf(version),
		fieldManager: textOf(manager),
	};
}

/**
 * The state of a resource.
 * @param from what tells which values are secret: the inputs as the engine sent them
 */
export function checkpoint(
	{ inputs, live, initialApiVersion = "", fieldManager = "" }: Checkpoint,
	from: Bag,
): Record<string, Value> {
	const object = withSecrets(propertyKeys(live), from);
	return {
		...(isSecretKind(gvkOf(live)) ? secretStringData(object, from) : object),
		[inputsKey]: withSecrets(propertyKeys(inputs), from),
		[initialApiVersionKey]: initialApiVersion,
		[fieldManagerKey]: fieldManager,
	};
}

/** What came in as secret `stringData` is secret in the `data` that the API server made of it. */
const secretStringData = (object: Bag, from: Bag): Bag =>
	object.data !== undefined && isSecret(from.stringData) ? { ...object, data: secret(object.data) } : object;

/**
 * Marks in `outs` as secret what is secret in `ins`, key by key; a list with a secret in it as a whole, because the
 * cluster may have ordered it anew. A Secret's data always is.
 */
export function withSecrets(outs: Bag, ins: Bag | undefined): Bag {
	const result = { ...outs };
	if (result.kind === "Secret") {
		if (result.data !== undefined) result.data = secret(result.data);
		if (result.stringData !== undefined) result.stringData = secret(result.stringData);
		return result;
	}
	for (const [key, given] of Object.entries(ins ?? {})) {
		const out = result[key];
		if (out === undefined) continue;
		if (isBag(out) && !isSecret(out) && isBag(given) && !isSecret(given)) result[key] = withSecrets(out, given);
		else if (containsSecret(given)) result[key] = secret(out);
	}
	return result;
}

function containsSecret(value: Value): boolean {
	if (isSecret(value)) return true;
	if (Array.isArray(value)) return value.some(containsSecret);
	return isBag(value) && Object.values(value).some(containsSecret);
}

/** Of `source` what `shape` has, too: a live object reduced to what its program speaks of. */
export function prune(source: Bag, shape: Bag): Bag {
	const result: Bag = {};
	for (const [key, value] of Object.entries(source)) {
		const wanted = shape[key];
		if (wanted !== undefined) result[key] = pruneValue(value, wanted);
	}
	return result;
}

function pruneValue(value: Value, wanted: Value): Value {
	if (isBag(value) && isBag(wanted)) return prune(value, wanted);
	if (!Array.isArray(value) || !Array.isArray(wanted)) return value;
	if (isBag(value[0]) !== isBag(wanted[0]) && value.length > 0 && wanted.length > 0) return value;
	return wanted.slice(0, value.length).map((item, i) => pruneValue(value[i] as Value, item));
}

// Property names of the SDK have no dashes; a CustomResourceDefinition's schema has.
const dashed = [
	"embedded-resource",
	"int-or-string",
	"list-map-keys",
	"list-type",
	"map-type",
	"preserve-unknown-fields",
	"validations",
].map((name) => `x-kubernetes-${name}`);
const toDash = new Map(dashed.map((name) => [name.replaceAll("-", "_"), name]));
const toUnderscore = new Map(dashed.map((name) => [name, name.replaceAll("-", "_")]));

/** An object from the engine's properties: no secrets, no nulls, the API's own names. */
export const apiKeys = (bag: Bag): KubeObject => renamed(plain(bag), toDash) as KubeObject;
const propertyKeys = (object: KubeObject): Bag => renamed(object, toUnderscore) as Bag;

function renamed(value: Value, names: Map<string, string>): Value {
	if (Array.isArray(value)) return value.map((item) => renamed(item, names));
	if (!isBag(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, item]) => item !== null)
			.map(([key, item]) => [names.get(key) ?? key, renamed(item, names)]),
	);
}
