import { equal, isBag, isUnknown, type Value } from "../values";
import { prune } from "./checkpoint";
import { gvkOf } from "./kinds";
import { normalise } from "./normalise";
import { type KubeObject, nameOf, namespaceOf, withAt } from "./object";
import { type Mutability, type Path, replaces, replacingPaths, sameName } from "./replacements";

export interface PropertyChange {
	path: string;
	kind: "add" | "delete" | "update";
	replace: boolean;
}

export interface Comparison {
	changes: PropertyChange[];
	deleteBeforeReplace: boolean;
}

export interface DiffInputs extends Mutability {
	/** What the program said last time, and what the cluster had then. */
	oldInputs: KubeObject;
	oldLive: KubeObject;
	newInputs: KubeObject;
	namespaced: boolean;
	/** Property paths whose changes do not count. */
	ignore: string[];
}

/**
 * How what is asked for differs from what the cluster has, as far as the program speaks of it: fields that the
 * cluster filled in by itself are no difference, a field that someone else changed is.
 */
export function diffObjects(inputs: DiffInputs): Comparison {
	const oldInputs = normalise(inputs.oldInputs);
	let after = normalise(inputs.newInputs);
	let before = prune(inputs.oldLive, oldInputs);
	const setNamespace = (object: KubeObject) =>
		withAt(object, ["metadata", "namespace"], inputs.namespaced ? namespaceOf(object) || "default" : undefined);
	before = setNamespace(before);
	after = setNamespace(after);
	if (!before.kind) before = { ...before, ...gvkOf(after) };
	// A program may come to spell out the name that the object already has.
	if (nameOf(after)) before = withAt(before, ["metadata", "name"], nameOf(inputs.oldLive));
	before = withAt(before, ["metadata", "resourceVersion"], undefined);

	const patterns = replacingPaths(after, inputs);
	const changes = compare(before, after)
		.filter(({ path }) => !inputs.ignore.some((ignored) => covers(ignored, path)))
		.map(({ path, kind, value }) => ({
			path: propertyPath(path),
			kind,
			replace: replaces(path, value, patterns) || (kind === "delete" && propertyPath(path) === "metadata"),
		}));
	const identityOf = (object: KubeObject) => ({ name: nameOf(object), namespace: namespaceOf(object) });
	return {
		changes,
		deleteBeforeReplace:
			changes.some(({ replace }) => replace) && sameName(identityOf(inputs.oldLive), after, identityOf(after)),
	};
}

interface Change {
	path: Path;
	kind: PropertyChange["kind"];
	value: Value | undefined;
}

function compare(before: Value | undefined, after: Value | undefined, path: Path = [], found: Change[] = []): Change[] {
	const changed = (kind: Change["kind"]) => found.push({ path: [...path], kind, value: after });
	const inside = (step: string | number, old: Value | undefined, now: Value | undefined) => {
		path.push(step);
		compare(old, now, path, found);
		path.pop();
	};
	if (after === undefined) {
		if (before !== undefined) changed("delete");
	} else if (before === undefined) changed("add");
	else if (isUnknown(after)) changed("update");
	else if (isBag(before) && isBag(after)) {
		for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) inside(key, before[key], after[key]);
	} else if (Array.isArray(before) && Array.isArray(after)) {
		for (let i = 0; i < Math.max(before.length, after.length); i++) inside(i, before[i], after[i]);
	} else if (!equal(before, after)) changed("update");
	return found;
}

/** Pulumi's property path syntax, with names quoted as the official plugin does. */
function propertyPath(path: Path): string {
	return path.reduce<string>((text, step) => {
		if (typeof step === "number") return `${text}[${step}]`;
		if (/[."[\]]/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`;
		return text === "" ? step : `${text}.${step}`;
	}, "");
}

/** `spec.template["x.y"][0]` → its steps; `*` stands for any. */
export function parsePropertyPath(text: string): Path {
	const found = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
	return [...found].map(([, quoted, index, word]) => {
		if (quoted !== undefined) return quoted.replaceAll('\\"', '"');
		if (index !== undefined) return index === "*" ? "*" : Number(index);
		return word as string;
	});
}

const covers = (ignored: string, path: Path) => {
	const steps = parsePropertyPath(ignored);
	return steps.length <= path.length && steps.every((step, i) => step === "*" || step === path[i]);
};
