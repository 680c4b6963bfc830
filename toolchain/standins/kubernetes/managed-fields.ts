import { type Bag, equal, isBag, type Value } from "../values";
import { type KubeObject, listAt } from "./object";

const operation = (entry: Bag) => entry.operation;

/** Managers whose fields this plugin takes over: the ones of its own creates, and kubectl's. */
const ours = [
	{ prefix: "kubectl", operation: "Apply" },
	{ prefix: "kubectl", operation: "Update" },
	{ prefix: "before-first-apply", operation: "Update" },
	{ prefix: "pulumi-kubernetes", operation: "Update" },
	{ prefix: "pulumi-resource-kubernetes", operation: "Update" },
];

const isOurs = (entry: Bag, fieldManager: string) =>
	entry.subresource === undefined &&
	!(entry.manager === fieldManager && operation(entry) === "Apply") &&
	ours.some(({ prefix, operation: kind }) => String(entry.manager).startsWith(prefix) && operation(entry) === kind);

/**
 * An object is made by a plain create and changed by server-side apply, which counts as another manager, even under
 * the same name: it could not take away what the create had set. So the create's fields are handed over first.
 * @returns the managedFields to set; nothing where none have to move
 */
export function takenOver(live: KubeObject, fieldManager: string): Bag[] | undefined {
	const entries = listAt(live, "metadata", "managedFields");
	const moving = entries.filter((entry) => isOurs(entry, fieldManager));
	if (moving.length === 0) return undefined;
	const isApplied = (entry: Bag) => entry.manager === fieldManager && operation(entry) === "Apply";
	const applied = [...entries.filter(isApplied), ...moving];
	const { subresource: _, ...first } = applied[0] as Bag;
	const merged = {
		...first,
		manager: fieldManager,
		operation: "Apply",
		fieldsV1: applied.map(({ fieldsV1 }) => fieldsV1 as Value).reduce(merge),
	};
	return [...entries.filter((entry) => !isApplied(entry) && !moving.includes(entry)), merged];
}

function merge(a: Value, b: Value): Value {
	if (!isBag(a) || !isBag(b)) return equal(a, b) ? a : b;
	const result = { ...a };
	for (const [key, value] of Object.entries(b)) {
		const own = result[key];
		result[key] = own === undefined ? value : merge(own, value);
	}
	return result;
}

/** Whether a field is managed by others only. */
export function isForeign(live: KubeObject, fieldManager: string, path: string[]): boolean {
	const owners = listAt(live, "metadata", "managedFields").filter(({ fieldsV1 }) => hasField(fieldsV1, path));
	return owners.length > 0 && owners.every(({ manager }) => manager !== fieldManager);
}

const hasField = (fields: Value | undefined, path: string[]): boolean =>
	path.reduce<Value | undefined>((node, key) => (isBag(node) ? node[`f:${key}`] : undefined), fields) !== undefined;
