import { setTimeout as sleep } from "node:timers/promises";
import type { StatusRow } from "../../cluster/status";
import { UserError } from "../exit";

/** Where a watch shows what it sees. */
export interface Display {
	show(rows: StatusRow[], before: StatusRow[] | undefined): void;
	/** A look that failed: the cluster is away for a moment. */
	failed(error: UserError): void;
}

const pauseMs = 2000;

/**
 * Looks again and again, with 2 seconds between, until it is stopped. A first look that fails is an error; a later one
 * is shown, and the next may work.
 *
 * @returns what was seen last; undefined where the last look failed.
 * @throws what the first look does, or any look that fails otherwise than by a UserError.
 */
export async function watch(
	look: (signal: AbortSignal) => Promise<StatusRow[]>,
	display: Display,
	signal: AbortSignal,
): Promise<StatusRow[] | undefined> {
	let seen: StatusRow[] | undefined;
	let last: StatusRow[] | undefined;
	try {
		for (;;) {
			try {
				const rows = await look(signal);
				display.show(rows, seen);
				last = rows;
				seen = rows;
			} catch (error) {
				if (seen === undefined || signal.aborted || !(error instanceof UserError)) throw error;
				last = undefined;
				display.failed(error);
			}
			await sleep(pauseMs, undefined, { signal });
		}
	} catch (error) {
		if (!signal.aborted) throw error;
		return last;
	}
}
