/** The signals that a policy can name, in the order of their numbers; `exists` is signal 0, the question whether a process is there. */
export const signals: readonly string[] =
	`hup int quit ill trap abrt bus fpe kill usr1 segv usr2 pipe alrm term stkflt chld cont stop stp ttin ttou urg xcpu
	xfsz vtalrm prof winch io pwr sys emt exists`.split(/\s+/);

/** The highest `n` of `rtmin+n`. */
const maxRealTime = 32;

/** Whether `apparmor_parser` 4.1 knows a signal by this name. */
export function isSignal(name: string): boolean {
	const realTime = /^rtmin\+(\d*)/.exec(name);
	if (realTime !== null) return Number(realTime[1]) <= maxRealTime;
	return signals.includes(name);
}
