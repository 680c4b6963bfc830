import type { FilePermission } from "../../../policy/rules/file";
import { groupBy } from "../group-by";
import { filePermissionOrder } from "../needs/file";
import { joinProvenance } from "../observe";
import type { Provenance } from "../suggestion";
import type { Component } from "./path";

/** A file rule in the making: a pattern, the names that it stands for, and why it may. */
export interface PatternWant {
	path: Component[];
	/** `path` as text. */
	pattern: string;
	permissions: FilePermission[];
	owner: boolean;
	provenance: Provenance;
	/** The names that were seen, sorted. */
	names: string[];
	reasons: string[];
}

/** Wants of one pattern become one, for everyone and for the owner apart. Sorted by pattern. */
export function joinWants(wants: readonly PatternWant[]): PatternWant[] {
	const byKey = groupBy(wants, (want) => `${want.pattern}\0${want.owner}`);
	const joined = new Map([...byKey].map(([key, group]) => [key, joinGroup(group)]));
	const rest = [...joined.values()].flatMap((want) => {
		const forAll = want.owner ? joined.get(`${want.pattern}\0false`) : undefined;
		return forAll === undefined ? [want] : withoutPermissions(want, forAll.permissions);
	});
	return rest.sort((a, b) => compare(a.pattern, b.pattern) || Number(a.owner) - Number(b.owner));
}

function joinGroup(group: readonly PatternWant[]): PatternWant {
	const [first, ...others] = group as [PatternWant, ...PatternWant[]];
	if (others.length === 0) return first;
	const given = new Set(group.flatMap((want) => want.permissions));
	if (given.has("w")) given.delete("a");
	return {
		...first,
		permissions: filePermissionOrder.filter((permission) => given.has(permission)),
		provenance: group.map((want) => want.provenance).reduce(joinProvenance),
		names: [...new Set(group.flatMap((want) => want.names))].sort(),
		reasons: [...new Set(group.flatMap((want) => want.reasons))],
	};
}

function withoutPermissions(want: PatternWant, given: readonly FilePermission[]): PatternWant[] {
	const permissions = want.permissions.filter(
		(permission) => !given.includes(permission) && !(permission === "a" && given.includes("w")),
	);
	return permissions.length === 0 ? [] : [{ ...want, permissions }];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
