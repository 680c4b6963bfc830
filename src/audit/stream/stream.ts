import type { AuditEvent } from "../event";
import { Scanner } from "./scanner";

/** What a stream was found to hold, counted while it is read. */
export interface StreamCounters {
	bytes: number;
	/** Line ends, and a last line without one. */
	lines: number;
	/** Records of AppArmor's, one event each. */
	records: number;
	/** Lines that name AppArmor as a record does and are none: cut off, damaged or another program's words. */
	refused: number;
}

/** An event with the text of its record. */
export interface AuditRecord {
	event: AuditEvent;
	line: string;
}

export interface StreamOptions {
	/** Counted up while the stream is read; for progress, and for what was refused. */
	counters?: StreamCounters;
	/** Bytes from which on a line is too long to be a record and is passed over. Default: 1 MiB. */
	longestLine?: number;
}

/** Counters to give to {@link readAuditRecords}. */
export function createCounters(): StreamCounters {
	return { bytes: 0, lines: 0, records: 0, refused: 0 };
}

/** Every event of a log, in its order. See {@link readAuditRecords}. */
export async function* readAuditEvents(
	source: AsyncIterable<Uint8Array>,
	options: StreamOptions = {},
): AsyncGenerator<AuditEvent> {
	for await (const records of readBatches(source, options)) for (const { event } of records) yield event;
}

/**
 * Every event of a log with the text of its record, in the log's order. The log may be of auditd, syslog, the
 * kernel's ring buffer or the journal (`journalctl -o short`, `json` or `export`), of any size and with any
 * garbage in it: memory stays the same. A record broken into two lines is joined where the first line ends
 * inside of it and both together are a record.
 *
 * @param source The log in pieces, as a file's or a process's stream gives it. Pieces of 1 MiB are read faster than
 * Node.js's usual ones of 64 KiB.
 */
export async function* readAuditRecords(
	source: AsyncIterable<Uint8Array>,
	options: StreamOptions = {},
): AsyncGenerator<AuditRecord> {
	for await (const records of readBatches(source, options)) yield* records;
}

/** The records that end in each piece. */
async function* readBatches(source: AsyncIterable<Uint8Array>, options: StreamOptions): AsyncGenerator<AuditRecord[]> {
	const scanner = new Scanner(options.counters ?? createCounters(), options.longestLine ?? 1 << 20);
	for await (const piece of source) yield scanner.take(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
	yield scanner.finish();
}
