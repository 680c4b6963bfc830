import { type Bag, isBag, isUnknown, type Value } from "../values";

/** A Kubernetes object as plain JSON: no secret markers. */
export type KubeObject = Bag;

/** What stands at a path; nothing where something on the way is no object. */
export function at(object: Value | undefined, ...path: string[]): Value | undefined {
	return path.reduce<Value | undefined>((value, key) => (isBag(value) ? value[key] : undefined), object);
}

const textAt = (object: KubeObject, ...path: string[]): string => {
	const value = at(object, ...path);
	return typeof value === "string" ? value : "";
};

export const numberAt = (object: KubeObject, ...path: string[]): number | undefined => {
	const value = at(object, ...path);
	return typeof value === "number" ? value : undefined;
};

export const listAt = (object: KubeObject, ...path: string[]): KubeObject[] => {
	const value = at(object, ...path);
	return Array.isArray(value) ? value.filter(isBag) : [];
};

export const apiVersionOf = (object: KubeObject) => textAt(object, "apiVersion");
export const kindOf = (object: KubeObject) => textAt(object, "kind");
export const nameOf = (object: KubeObject) => textAt(object, "metadata", "name");
export const namespaceOf = (object: KubeObject) => textAt(object, "metadata", "namespace");
export const uidOf = (object: KubeObject) => textAt(object, "metadata", "uid");
export const annotationOf = (object: KubeObject, key: string) => textAt(object, "metadata", "annotations", key);
export const hasAnnotation = (object: KubeObject, key: string) => annotationOf(object, key) === "true";

/** A copy with another value at a path; `undefined` takes the key away. Where a part of the path is unknown, as it is. */
export function withAt(object: KubeObject, path: string[], value: Value | undefined): KubeObject {
	const [key, ...rest] = path;
	if (key === undefined) return object;
	const result = { ...object };
	if (rest.length > 0) {
		const inner = object[key];
		if (isUnknown(inner) || (value === undefined && !isBag(inner))) return object;
		result[key] = withAt(isBag(inner) ? inner : {}, rest, value);
	} else if (value === undefined) delete result[key];
	else result[key] = value;
	return result;
}

/** The resource's id in the state: `namespace/name`, or the name of an object outside of namespaces. */
export const idOf = (object: KubeObject) =>
	namespaceOf(object) ? `${namespaceOf(object)}/${nameOf(object)}` : nameOf(object);

export function parseId(id: string): { namespace: string; name: string } {
	const [first = "", second] = id.split("/");
	return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}

/** Whether `owner` is among the object's owners. */
export const isOwnedBy = (object: KubeObject, owner: KubeObject) =>
	uidOf(owner) !== "" && listAt(object, "metadata", "ownerReferences").some(({ uid }) => uid === uidOf(owner));
