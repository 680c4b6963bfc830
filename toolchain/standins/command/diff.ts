import { type Bag, equal, isBag, isSecret, type Value } from "../values";
import type { Shape } from "./shapes";

export interface PropertyChange {
	path: string;
	kind: "add" | "delete" | "update";
	replace: boolean;
}

/** How the inputs differ, property by property. Only `triggers` makes a new resource. */
export function diffInputs(olds: Bag, news: Bag, shape: Shape): PropertyChange[] {
	return Object.entries(shape.fields).flatMap(([key, field]) =>
		compare(olds[key], news[key], key).map((change) => ({ ...change, replace: field.replace ?? false })),
	);
}

type Change = Omit<PropertyChange, "replace">;

function compare(before: Value | undefined, after: Value | undefined, path: string): Change[] {
	const had = before !== undefined && before !== null;
	const has = after !== undefined && after !== null;
	if (!had || !has) return had === has ? [] : [{ path, kind: has ? "add" : "delete" }];
	if (Array.isArray(before) && Array.isArray(after)) {
		const length = Math.max(before.length, after.length);
		return Array.from({ length }, (_, i) => compare(before[i], after[i], `${path}[${i}]`)).flat();
	}
	if (isBag(before) && isBag(after) && !isSecret(before) && !isSecret(after)) {
		const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
		return [...keys].flatMap((key) => compare(before[key], after[key], propertyPath(path, key)));
	}
	return equal(before, after) ? [] : [{ path, kind: "update" }];
}

/** Pulumi's property path syntax: names that are not plain words are quoted. */
function propertyPath(parent: string, key: string): string {
	return /^[A-Za-z_$][\w$]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
