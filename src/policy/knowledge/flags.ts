/** The flags that set a profile's mode, of which it has one. */
export const modeFlags: readonly string[] = ["enforce", "complain", "kill", "unconfined", "prompt", "default_allow"];

/** Flags that stand by themselves. */
export const plainFlags: readonly string[] = [
	"audit",
	"debug",
	"chroot_relative",
	"namespace_relative",
	"mediate_deleted",
	"delegate_deleted",
	"attach_disconnected",
	"no_attach_disconnected",
	"chroot_attach",
	"chroot_no_attach",
	"interruptible",
];

/** Flags that have a value: `error=EPERM`. */
export const valueFlags: readonly string[] = ["attach_disconnected.path", "kill.signal", "error"];

/** Flags that contradict each other; one with a value counts as the part before the first dot or `=`. */
export const contradictingFlags: readonly (readonly [string, string])[] = [
	["chroot_relative", "namespace_relative"],
	["mediate_deleted", "delegate_deleted"],
	["attach_disconnected", "no_attach_disconnected"],
	["chroot_attach", "chroot_no_attach"],
];
