/** Becomes the command that follows, but not for an owner that was gone before the kernel knew of the tie. */
const unlessOrphan = '[ "$PPID" = "$0" ] && exec "$@"';

/**
 * The command line of a child of this process that the kernel itself ends when this process dies, however it dies.
 * @param signal What the child gets then.
 */
export function tiedToThisProcess(signal: "KILL" | "TERM", command: readonly string[]): [string, ...string[]] {
	return ["setpriv", "--pdeathsig", signal, "--", "sh", "-c", unlessOrphan, String(process.pid), ...command];
}
