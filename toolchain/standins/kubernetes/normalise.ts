import { type Bag, containsUnknown, isBag, type Value } from "../values";
import { isBuiltIn, isCrdKind, isSecretKind } from "./kinds";
import { apiVersionOf, at, type KubeObject, kindOf, withAt } from "./object";
import { canonicalQuantity } from "./quantity";

const words = (text: string) => new Set(text.split(" "));

/** Set by the API server only. */
const readOnlyMetadata = words(
	"creationTimestamp deletionGracePeriodSeconds deletionTimestamp generation managedFields resourceVersion uid",
);

/** Fields that hold keys of the user's own: what stands in them is never "not set". */
const maps = words(
	"labels annotations data stringData binaryData nodeSelector matchLabels parameters options limits requests hard default defaultRequest defaultLimit min max capacity overhead allocatable",
);

const quantityMaps = words("limits requests hard default defaultRequest min max capacity overhead allocatable");
const quantities = words("sizeLimit divisor");

// Kubernetes' Go types leave these out of what they print when they have their zero value, so the cluster never shows
// it. Of a field that is not among them, `false` and 0 are values like any other.
const plainBooleans = words(
	"hostPID hostIPC hostNetwork stdin stdinOnce tty readOnly publishNotReadyAddresses paused unschedulable globalDefault",
);
const plainNumbers = words(
	"minReadySeconds initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold hostPort",
);
const meaningfulEmptyStrings = words("storageClassName runtimeClassName volumeName");

/**
 * An object in the form in which the API server would print it, as far as that is known without asking it: what means
 * the same looks the same, so that a comparison finds only what differs. (The official plugin converts through
 * Kubernetes' Go types.) What a preview does not know yet leaves the object as it is.
 */
export function normalise(object: KubeObject): KubeObject {
	const kind = { apiVersion: apiVersionOf(object), kind: kindOf(object) };
	let result = object;
	if (!containsUnknown(object) && isBuiltIn(kind)) {
		if (isSecretKind(kind)) result = secretData(object);
		else if (isCrdKind(kind)) result = crd(object);
		else result = tidyBag(object);
	}
	const { metadata } = result;
	if (!isBag(metadata)) return result;
	return {
		...result,
		metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !readOnlyMetadata.has(key))),
	};
}

/** The API server turns `stringData` into `data`. */
function secretData(object: KubeObject): KubeObject {
	const { stringData, ...rest } = object;
	const data: Bag = {};
	for (const [key, value] of Object.entries(isBag(object.data) ? object.data : {})) {
		data[key] = typeof value === "string" ? (reencoded(value) ?? value) : value;
	}
	for (const [key, value] of Object.entries(isBag(stringData) ? stringData : {})) {
		data[key] = Buffer.from(String(value)).toString("base64");
	}
	return Object.keys(data).length > 0 ? { ...rest, data } : rest;
}

function reencoded(base64: string): string | undefined {
	const compact = base64.replace(/\s/g, "");
	const again = Buffer.from(compact, "base64").toString("base64");
	return again === compact ? again : undefined;
}

function crd(object: KubeObject): KubeObject {
	const { status: _, ...rest } = object;
	return at(rest, "spec", "preserveUnknownFields") === false
		? withAt(rest, ["spec", "preserveUnknownFields"], undefined)
		: rest;
}

function tidyBag(bag: Bag): Bag {
	const result: Bag = {};
	for (const [key, value] of Object.entries(bag)) {
		const tidied = tidy(value, key);
		if (tidied !== undefined) result[key] = tidied;
	}
	return result;
}

/** The value as the cluster would show it; nothing where it would not show it at all. */
function tidy(value: Value, key: string): Value | undefined {
	if (value === null) return undefined;
	if (Array.isArray(value)) {
		return value.length === 0 ? undefined : value.map((item) => (isBag(item) ? tidyBag(item) : item));
	}
	if (isBag(value)) {
		if (!maps.has(key)) return tidyBag(value);
		if (Object.keys(value).length === 0) return undefined;
		return quantityMaps.has(key) ? mapQuantities(value) : value;
	}
	if (value === "") return meaningfulEmptyStrings.has(key) ? value : undefined;
	if (value === false) return plainBooleans.has(key) ? undefined : value;
	if (value === 0) return plainNumbers.has(key) ? undefined : value;
	return quantities.has(key) ? canonical(value) : value;
}

const canonical = (value: Value): Value =>
	typeof value === "string" || typeof value === "number" ? canonicalQuantity(String(value)) : value;

const mapQuantities = (bag: Bag): Bag =>
	Object.fromEntries(
		Object.entries(bag).map(([key, value]) => [key, isBag(value) ? mapQuantities(value) : canonical(value)]),
	);
