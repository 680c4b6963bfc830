import type { AuditRecord, StreamCounters } from "../audit/stream/stream";
import { createCounters, readAuditRecords } from "../audit/stream/stream";
import { type Console, printable } from "./console";
import { UserError } from "./exit";
import { sources } from "./input";
import { withProgress } from "./progress";

/**
 * The records of the logs that the arguments name, one after the other; at their end, words on standard error
 * about what was in them.
 */
export async function* logRecords(files: string[], console: Console, profile?: string): AsyncIterable<AuditRecord> {
	const total = createCounters();
	for (const source of await sources(files, console)) {
		const counters = createCounters();
		try {
			for await (const record of readAuditRecords(withProgress(source, console), { counters }))
				if (profile === undefined || belongsTo(record.event.profile, profile)) yield record;
		} catch (error) {
			// A log that breaks off (a damaged archive, a disk error) must not look like one that was read.
			if ((error as NodeJS.ErrnoException).code === undefined) throw error;
			throw new UserError(`${source.name} cannot be read to its end: ${(error as Error).message}`);
		}
		for (const key of Object.keys(total) as (keyof StreamCounters)[]) total[key] += counters[key];
	}
	console.stderr.write(`${printable(summary(total))}\n`);
}

/** A profile's own events, and those of its children, hats and `//null-` profiles. */
function belongsTo(of: string | undefined, profile: string): boolean {
	return of === profile || of?.startsWith(`${profile}//`) === true;
}

function summary({ lines, records, refused }: StreamCounters): string {
	const read = `${counted(lines, "line")}, ${counted(records, "AppArmor record")}`;
	if (refused === 0) return read;
	const left =
		refused === 1 ? "that looks like a record is none, and was" : "that look like records are none, and were";
	return `${read}; ${counted(refused, "line")} ${left} left out`;
}

function counted(many: number, what: string): string {
	return `${many.toLocaleString("en")} ${what}${many === 1 ? "" : "s"}`;
}
