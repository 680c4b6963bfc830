import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
	pid: number;
	/** Its start, in clock ticks since the machine's boot. */
	started: string;
	/** The machine's boot. */
	boot: string;
}

function thisBoot(): string {
	return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** The start time of a living process; undefined for one that is gone or only waits to be reaped. */
function startOf(pid: number): string | undefined {
	let stat: string;
	let threads: number;
	try {
		stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		threads = readdirSync(`/proc/${pid}/task`).length;
	} catch {
		return undefined;
	}
	// The second field is the program's name in parentheses and may hold anything.
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	// A process of many threads looks dead by its first one while the others still hold its files.
	const isDead = /[ZX]/.test(fields[0] ?? "") && threads <= 1;
	return isDead ? undefined : fields[19];
}

export function identifyProcess(pid: number): ProcessId | undefined {
	const started = startOf(pid);
	return started === undefined ? undefined : { pid, started, boot: thisBoot() };
}

export function isAlive(id: ProcessId | undefined): boolean {
	return id !== undefined && id.boot === thisBoot() && startOf(id.pid) === id.started;
}

/** Ends exactly this process, at once. */
export function killNow(id: ProcessId | undefined): void {
	if (!id || !isAlive(id)) return;
	try {
		process.kill(id.pid, "SIGKILL");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

/** Ends exactly this process and waits until it is gone. */
export async function killAndWait(id: ProcessId | undefined): Promise<void> {
	killNow(id);
	while (isAlive(id)) await sleep(20);
}
