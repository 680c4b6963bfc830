import { socketOperations } from "../rules/network";

/** The permissions on files, in the order of their bits: first the owner's, then those of all others. */
export const filePermissions = ["r", "w", "a", "l", "k", "m", "x"] as const;

/** A permission on a file, a bit of those of the owner. */
export const fileBit = (permission: (typeof filePermissions)[number]): number =>
	2 ** filePermissions.indexOf(permission);
/** By how many bits the permissions of the others are behind the owner's. */
export const otherShift = filePermissions.length;
export const ownerBits = 2 ** otherShift - 1;
export const otherBits = ownerBits * 2 ** otherShift;
export const executeBits = fileBit("x") * (1 + 2 ** otherShift);

const queueOperations = ["create", "open", "delete", "read", "write", "getattr", "setattr"] as const;

/** What a text of a class is matched for: the permissions, in the order of their bits. */
export const spaces = {
	file: [...filePermissions, ...filePermissions],
	link: ["owner", "other", "subset"],
	change_profile: ["change_profile", "onexec", "x", "unsafe"],
	net: socketOperations,
	dbus: ["send", "receive", "bind", "eavesdrop"],
	signal: ["send", "receive"],
	ptrace: ["read", "readby", "trace", "tracedby"],
	mount: ["mount"],
	umount: ["umount"],
	pivot_root: ["pivot_root"],
	posix_mqueue: queueOperations,
	sysv_mqueue: queueOperations,
	io_uring: ["sqpoll", "override_creds", "cmd"],
	userns: ["create"],
} as const satisfies Record<string, readonly string[]>;

/** A set of texts that are matched by themselves: one class's, or a part of it. */
export type SpaceName = keyof typeof spaces;

/** What is written in other ways too. */
const synonyms: Record<string, string[]> = { r: ["read"], w: ["write"], rw: ["read", "write"], wr: ["read", "write"] };
const messageSynonyms: Record<string, string> = { read: "receive", write: "send" };

/**
 * The bits of permissions as they are written; of none, all.
 *
 * @param space where `read` and `write` are not permissions, they are `receive` and `send`; of ptrace, `write` is `trace`.
 */
export function permissionBits(space: SpaceName, permissions: readonly string[]): number {
	const names: readonly string[] = spaces[space];
	if (permissions.length === 0) return 2 ** names.length - 1;
	let bits = 0;
	for (const written of permissions) {
		for (const word of synonyms[written] ?? [written]) {
			const name = names.includes(word) ? word : space === "ptrace" ? "trace" : (messageSynonyms[word] ?? word);
			const index = names.indexOf(name);
			if (index >= 0) bits |= 2 ** index;
		}
	}
	return bits;
}

/** The permissions of bits, in the order of the space. */
export function permissionNames(space: SpaceName, bits: number): string[] {
	return spaces[space].filter((_, index) => (bits & (2 ** index)) !== 0);
}
