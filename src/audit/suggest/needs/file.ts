import type { FilePermission } from "../../../policy/rules/file";
import type { AuditEvent } from "../../event";
import type { FileNeed } from "./need";

/** In this order they are read and printed. */
export const filePermissionOrder: readonly FilePermission[] = ["m", "r", "w", "a", "l", "k"];

/** Accesses to files: `open`, `mknod`, `rename_src`, `link`, `file_lock` and all others that name a file and a mask. */
export function fileNeed(event: AuditEvent): FileNeed | undefined {
	const mask = event.denied_mask ?? event.denied;
	// What has no path, such as a pipe, no rule can name.
	if (!event.name?.startsWith("/") || mask === undefined) return undefined;
	const { letters, owner } = ownerPart(mask);
	if (letters === "" || /[^rwaxlkmcd]/.test(letters)) return undefined;
	const permissions = filePermissions(letters);
	if (permissions.length === 0) return undefined;
	const owned = owner ?? (event.fsuid !== undefined && event.fsuid === event.ouid);
	return { kind: "file", name: event.name, permissions, owner: owned };
}

/** Kernels before 2.6.36 wrote the owner's part of a mask before `::` and the others' behind it. */
function ownerPart(mask: string): { letters: string; owner?: boolean } {
	const at = mask.indexOf("::");
	if (at === -1) return { letters: mask };
	const owners = mask.slice(0, at);
	return owners === ""
		? { letters: mask.slice(2) }
		: { letters: owners + mask.slice(at + 2), owner: at + 2 === mask.length };
}

/** Creating and deleting is writing to the policy. An `x` beside others is logged a second time, as an `exec`. */
function filePermissions(letters: string): FilePermission[] {
	const wanted = new Set(letters.replace(/[cd]/g, "w").replaceAll("x", ""));
	if (wanted.has("w")) wanted.delete("a");
	return filePermissionOrder.filter((permission) => wanted.has(permission));
}
