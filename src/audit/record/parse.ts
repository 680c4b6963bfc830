import type { AuditEvent } from "../event";
import { type Envelope, readEnvelope, readJournalMessage } from "./envelope";
import { isJournalEntry, type JournalEntry, readJournalEntry } from "./journal";
import { readPairs } from "./pairs";

/**
 * Reads one audit record of AppArmor's, as auditd, the kernel's ring buffer, syslog or the journal (`-o short`,
 * `json`, `export`) write it. A record that a log broke into several lines may be given with its line breaks.
 *
 * @returns the event, or undefined for anything that is not a whole record of AppArmor's: another subsystem's
 * line, one that was cut off in the middle, one whose values cannot be what their keys say.
 */
export function parseAuditRecord(line: string): AuditEvent | undefined {
	return readRecord(line).event;
}

/** What a line holds, for a reader that may join it with the next one. */
export interface Reading {
	event?: AuditEvent;
	/** The line starts as a record does and ends in the middle of it; `event` may be there nevertheless. */
	cut: boolean;
}

/** Reads a line as {@link parseAuditRecord} does, and says whether it is a record that goes on after the line. */
export function readRecord(line: string): Reading {
	if (isJournalEntry(line)) {
		const entry = readJournalEntry(line);
		return entry ? readEntry(entry) : { cut: false };
	}
	const envelope = readEnvelope(line);
	return envelope ? readBody(line, envelope) : { cut: false };
}

function readEntry(entry: JournalEntry): Reading {
	const { message, epoch, serial } = entry;
	const envelope =
		readEnvelope(message) ?? (entry.audit ? readJournalMessage(message, 0) : { body: 0, kind: undefined, user: false });
	if (!envelope) return { cut: false };
	const times = { ...(epoch === undefined ? {} : { epoch }), ...(serial === undefined ? {} : { serial }) };
	return readBody(message, { ...times, ...envelope });
}

function readBody(line: string, envelope: Envelope): Reading {
	// The kind may be empty until the pair apparmor="…" says it.
	const event = { event: envelope.kind } as AuditEvent;
	if (envelope.epoch !== undefined) event.epoch = envelope.epoch;
	if (envelope.serial !== undefined) event.serial = envelope.serial;
	const ending = readPairs(line, envelope.body, event, envelope.user);
	const whole = ending === "whole" || ending === "unclosed";
	const cut = ending === "cut" || ending === "unclosed";
	return whole && event.event && !isGarbage(event) ? { event, cut } : { cut };
}

/** What {@link decodeHex} makes of bytes that are not UTF-8. */
const notUtf8 = /[\udc80-\udcff]/u;

/** Kernels before 4.12 wrote uninitialised memory as the target of a ptrace. */
function isGarbage(event: AuditEvent): boolean {
	return event.operation === "ptrace" && event.target !== undefined && notUtf8.test(event.target);
}
