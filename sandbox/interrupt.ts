/** What to undo if this process ends before its time, newest first. */
const undo = new Set<() => void>();
let listening = false;

function undoAll(): void {
	for (const action of [...undo].reverse()) {
		undo.delete(action);
		action();
	}
}

/**
 * Registers a synchronous action for the case that this process exits before the returned function
 * is called.
 */
export function onAbruptEnd(action: () => void): () => void {
	if (!listening) process.on("exit", undoAll);
	listening = true;
	undo.add(action);
	return () => undo.delete(action);
}

/** For programs: makes Ctrl-C and its like an ordinary exit, which undoes what is under way. */
export function exitOnSignals(): void {
	const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
	for (const [signal, code] of Object.entries(signals)) process.on(signal, () => process.exit(code));
}
