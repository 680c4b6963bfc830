/** A mount option's bits: which it sets and which it clears, by the numbers of mount(2). */
export interface MountOption {
	set: number;
	clear: number;
}

const bit = (position: number): number => 2 ** position;

const recursive = bit(14);
const remount = bit(5);
const bind = bit(12);
const move = bit(13);
const propagation = bit(17) + bit(18) + bit(19) + bit(20);

/** The options that make a mount another operation than mounting a file system; a set of bits each. */
export const mountCommands = { remount, bind, move, propagation, all: remount + bind + move + propagation + recursive };

/** What sets bits, and what clears the same; an option without its opposite has "". */
const pairs: readonly (readonly [number, string, string])[] = [
	[bit(0), "ro r read-only", "rw w"],
	[bit(1), "nosuid", "suid"],
	[bit(2), "nodev", "dev"],
	[bit(3), "noexec", "exec"],
	[bit(4), "sync", "async"],
	[remount, "remount", ""],
	[bit(6), "mand", "nomand"],
	[bit(7), "dirsync", ""],
	[bit(8), "nosymfollow", "symfollow"],
	[bit(10), "noatime", "atime"],
	[bit(11), "nodiratime", "diratime"],
	[bind, "bind B", ""],
	[bind + recursive, "rbind R", ""],
	[move, "move M", ""],
	[bit(15), "verbose silent", "loud"],
	[bit(16), "acl", "noacl"],
	...(["unbindable", "private", "slave", "shared"] as const).flatMap((name, index) => {
		const own = bit(17 + index);
		return [
			[own, `${name} make-${name}`, ""],
			[own + recursive, `r${name} make-r${name}`, ""],
		] as const;
	}),
	[bit(21), "relatime", "norelatime"],
	[bit(23), "iversion", "noiversion"],
	[bit(24), "strictatime", "nostrictatime"],
	[bit(25), "lazytime", "nolazytime"],
	[bit(31), "nouser", "user"],
];

/** The options of mount(8) that a policy can name. */
export const mountOptions: ReadonlyMap<string, MountOption> = new Map(
	pairs.flatMap(([bits, set, clear]) => [
		...named(set, { set: bits, clear: 0 }),
		...named(clear, { set: 0, clear: bits }),
	]),
);

function named(names: string, option: MountOption): [string, MountOption][] {
	return names === "" ? [] : names.split(" ").map((name) => [name, option]);
}
