import { readEnvelope } from "../record/envelope";
import { type Reading, readRecord } from "../record/parse";
import { countNewlines } from "./newlines";
import type { AuditRecord, StreamCounters } from "./stream";

/** What a line has that is a record: of today's kernels, and of those before 2.6.36. Only such a line is decoded. */
const lineNeedles = ["apparmor=", 'operation="'].map((text) => Buffer.from(text));
/** The same in the journal as JSON, which prints some messages as an array of bytes; that is "apparmor=". */
const jsonNeedles = ["apparmor=", "97,112,112,97,114,109,111,114,61"].map((text) => Buffer.from(text));
const newline = 10;
const lineEnd = Buffer.from("\n");
const emptyLine = Buffer.from("\n\n");
const noBytes = Buffer.alloc(0);
/** What `journalctl -o export` starts with. */
const journalStart = Buffer.from("__CURSOR=");
const openBrace = 0x7b;
const named = /apparmor=\\?"/;

/** Finds the records in a log that comes in pieces, and keeps no more of it than an unfinished line. */
export class Scanner {
	/** The start of a line whose end has not come yet. */
	private rest: Buffer = noBytes;
	/** In the middle of a line that is too long. */
	private skipping = false;
	/** A line that ends inside of a record, until the next line is there. */
	private open: { line: string; reading: Reading } | undefined;
	/** What ends a record: a line's end or, of `journalctl -o export`, an empty line. */
	private separator: Buffer | undefined;
	private needles = lineNeedles;
	private lastByte = newline;
	private records: AuditRecord[] = [];

	constructor(
		private readonly counters: StreamCounters,
		private readonly longestLine: number,
	) {}

	/** The records that end in this piece. */
	take(piece: Buffer): AuditRecord[] {
		if (piece.length === 0) return [];
		this.counters.lines += countNewlines(piece);
		this.counters.bytes += piece.length;
		this.lastByte = piece[piece.length - 1] as number;
		const data = this.withRest(this.skipping ? this.afterLongLine(piece) : piece);
		if (!this.separator && !this.lookAtStart(data)) {
			this.rest = Buffer.from(data);
			return [];
		}
		const separator = this.separator ?? lineEnd;
		const last = data.lastIndexOf(separator);
		const end = last < 0 ? 0 : last + separator.length;
		this.scan(data.subarray(0, end));
		this.keep(data.subarray(end));
		return this.handOut();
	}

	/** The records that are left when the log is at its end. */
	finish(): AuditRecord[] {
		if (this.lastByte !== newline) this.counters.lines++;
		this.scan(this.rest);
		this.settle(undefined);
		return this.handOut();
	}

	private handOut(): AuditRecord[] {
		const { records } = this;
		this.records = [];
		return records;
	}

	/** The piece after what was left before; where lines end records, only the line that is left is copied. */
	private withRest(piece: Buffer): Buffer {
		if (this.rest.length === 0) return piece;
		const end = this.separator === lineEnd ? piece.indexOf(newline) + 1 : 0;
		const first = Buffer.concat([this.rest, end > 0 ? piece.subarray(0, end) : piece]);
		if (end === 0) return first;
		this.rest = noBytes;
		this.scan(first);
		return piece.subarray(end);
	}

	/** Says whether there is enough of the log to know what it is. */
	private lookAtStart(data: Buffer): boolean {
		if (data.length < journalStart.length) return false;
		this.separator = data.subarray(0, journalStart.length).equals(journalStart) ? emptyLine : lineEnd;
		if (data[0] === openBrace) this.needles = jsonNeedles;
		return true;
	}

	private keep(rest: Buffer): void {
		this.skipping ||= rest.length > this.longestLine;
		// A copy, because the source may use its buffer again.
		this.rest = this.skipping ? noBytes : Buffer.from(rest);
	}

	private afterLongLine(piece: Buffer): Buffer {
		const end = piece.indexOf(newline);
		this.skipping = end < 0;
		return end < 0 ? noBytes : piece.subarray(end + 1);
	}

	private scan(data: Buffer): void {
		if (data.length === 0) return;
		const separator = this.separator ?? lineEnd;
		let at = this.joinOpen(data, 0);
		const hits = this.needles.map((needle) => data.indexOf(needle, at));
		while (true) {
			const hit = nextHit(data, at, this.needles, hits);
			if (hit < 0) return;
			const before = hit === 0 ? -1 : data.lastIndexOf(separator, hit - 1);
			const start = before < 0 ? at : Math.max(before + separator.length, at);
			at = endOf(data, hit, separator);
			if (at - start > this.longestLine) continue;
			const line = data.toString("utf8", start, at);
			const reading = readRecord(line);
			if (reading.cut && separator === lineEnd) {
				this.open = { line, reading };
				at = this.joinOpen(data, at + 1);
			} else this.found(line, reading);
		}
	}

	/** Settles an open line with the one at an offset, if that is there; returns where to go on. */
	private joinOpen(data: Buffer, at: number): number {
		if (!this.open || at >= data.length) return at;
		const end = endOf(data, at, lineEnd);
		return this.settle(data.toString("utf8", at, end)) ? end : at;
	}

	/** Takes the open line, joined with the next one if both are one record; says whether they are. */
	private settle(next: string | undefined): boolean {
		if (!this.open) return false;
		const { line, reading } = this.open;
		this.open = undefined;
		const joined = next === undefined || readEnvelope(next) ? undefined : line.replace(/\r$/, "") + next;
		const whole = joined === undefined ? undefined : readRecord(joined);
		if (joined === undefined || !whole?.event || whole.cut) {
			this.found(line, reading);
			return false;
		}
		this.found(joined, whole);
		return true;
	}

	private found(line: string, { event }: Reading): void {
		if (event) {
			this.counters.records++;
			this.records.push({ event, line });
		} else if (named.test(line)) this.counters.refused++;
	}
}

/** The first needle at or after an offset; `hits` keeps where each was found last. */
function nextHit(data: Buffer, at: number, needles: Buffer[], hits: number[]): number {
	let first = -1;
	for (let index = 0; index < needles.length; index++) {
		let hit = hits[index] as number;
		if (hit >= 0 && hit < at) hit = data.indexOf(needles[index] as Buffer, at);
		hits[index] = hit;
		if (hit >= 0 && (first < 0 || hit < first)) first = hit;
	}
	return first;
}

/** The offset of the separator at or after an offset; the data's end where there is none. */
function endOf(data: Buffer, from: number, separator: Buffer): number {
	const end = data.indexOf(separator, from);
	return end < 0 ? data.length : end;
}
