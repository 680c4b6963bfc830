import type { FilePermission } from "../../policy/rules/file";
import type { FileAccess } from "./collect";
import { filePermissionOrder } from "./needs/file";
import { joinProvenance } from "./observe";
import type { Provenance } from "./suggestion";

/** A file and the permissions that one rule can give. */
export interface FileWant {
	name: string;
	permissions: FilePermission[];
	owner: boolean;
	provenance: Provenance;
}

/** A rule for everyone, and one for the owner with what only owners needed. Sorted. */
export function fileWants(files: Iterable<FileAccess>): FileWant[] {
	const wants: FileWant[] = [];
	for (const { name, seen } of files) {
		const entries = [...seen.values()];
		const others = new Set(entries.filter((one) => !one.owner).flatMap((one) => one.permissions));
		const owned = new Set(entries.flatMap((one) => one.permissions).filter((one) => !others.has(one)));
		if (others.has("w")) for (const set of [others, owned]) set.delete("a");
		if (owned.has("w")) owned.delete("a");
		for (const [owner, set] of [[false, others] as const, [true, owned] as const]) {
			if (set.size === 0) continue;
			const asked = entries.filter((one) => one.permissions.some((permission) => set.has(permission)));
			const provenance = asked.map((one) => one.provenance).reduce(joinProvenance);
			wants.push({ name, permissions: filePermissionOrder.filter((one) => set.has(one)), owner, provenance });
		}
	}
	return wants.sort((a, b) => compare(a.name, b.name) || Number(a.owner) - Number(b.owner));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
