// Property values as the engine sends them: plain JSON in which marker objects stand for secrets and assets, and
// marker strings for values that a preview does not know yet.

export type Value = null | boolean | number | string | Value[] | Bag;
export type Bag = { [key: string]: Value };

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
	unknownString,
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
	"030794c1-ac77-496b-92df-f27374a8bd58", // asset
	"e48ece36-62e2-4504-bad9-02848725956a", // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

export const isUnknown = (value: Value | undefined): boolean => typeof value === "string" && unknowns.has(value);

export const isBag = (value: Value | undefined): value is Bag =>
	typeof value === "object" && value !== null && !Array.isArray(value);

export const isSecret = (value: Value | undefined): value is Bag =>
	isBag(value) && value[signatureKey] === secretSignature;

export function secret(value: Value): Value {
	return isSecret(value) || isUnknown(value) ? value : { [signatureKey]: secretSignature, value };
}

/** What a secret holds; anything else as it is. */
export const reveal = (value: Value | undefined): Value | undefined => (isSecret(value) ? reveal(value.value) : value);

/** The same value with no secret marker at any depth. */
export function plain(value: Value): Value {
	const inner = reveal(value) as Value;
	if (Array.isArray(inner)) return inner.map(plain);
	if (isBag(inner)) return mapBag(inner, plain);
	return inner;
}

export function containsUnknown(value: Value | undefined): boolean {
	const inner = reveal(value);
	if (Array.isArray(inner)) return inner.some(containsUnknown);
	if (isBag(inner)) return Object.values(inner).some(containsUnknown);
	return isUnknown(inner);
}

export function mapBag(bag: Bag, map: (value: Value, key: string) => Value): Bag {
	return Object.fromEntries(Object.entries(bag).map(([key, value]) => [key, map(value, key)]));
}

/** Deep equality; a secret is equal to nothing but a secret. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
	if (a === b) return true;
	if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
	if (!isBag(a) || !isBag(b)) return false;
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}

export const fileAsset = (path: string, hash: string): Bag => ({ [signatureKey]: assetSignature, path, hash });

export const assetArchive = (assets: Bag): Bag => ({ [signatureKey]: archiveSignature, assets });
