import type { AuditEvent } from "../event";
import { kindOfType, kindOfWord } from "./envelope";
import { type RawValue, setPair } from "./keys";

/**
 * How the pairs of a record end: all read; all read, but a user record's closing `'` is missing; broken off in the
 * middle of a pair; in something that no record holds.
 */
export type Ending = "whole" | "unclosed" | "cut" | "wrong";

/** What auditd's enriched format puts before the names of users. */
const enrichment = "\x1d";
const gap = new RegExp(`[\\s${enrichment}]*`, "y");
const keyAndEquals = /([A-Za-z_]\w*)\s*=\s*/y;
const bareValue = new RegExp(`[^\\s${enrichment}"'=,]+`, "y");
const gluedValue = /-?[0-9A-F]+(?=(?:FS|O)UID=|[a-z_])/y;
const longestKey = 64;
const lastWord = /^[A-Za-z_]\w*\s*$/;
const nextKey = /\w+\s*=/y;

/** Reads `key=value` pairs into the event from an offset on; a user record's pairs end with `'`. */
export function readPairs(line: string, start: number, event: AuditEvent, user: boolean): Ending {
	let at = skip(gap, line, start);
	let closed = !user;
	while (at < line.length) {
		if (!closed && line[at] === "'") {
			closed = true;
			at = skip(gap, line, at + 1);
			continue;
		}
		keyAndEquals.lastIndex = at;
		const key = keyAndEquals.exec(line);
		if (!key) return lastWord.test(line.slice(at, at + longestKey)) ? "cut" : "wrong";
		const value = readValue(line, keyAndEquals.lastIndex);
		if (value === "cut" || value === "wrong") return value;
		if (!take(event, key[1] as string, value)) return "wrong";
		at = skip(gap, line, value.end);
	}
	return closed ? "whole" : "unclosed";
}

function take(event: AuditEvent, key: string, value: RawValue): boolean {
	if (key === "msg") return false;
	if (key === "apparmor") {
		const kind = value.quoted ? kindOfWord(value.text) : undefined;
		if (kind) event.event = kind;
		return kind !== undefined;
	}
	if (key === "type") {
		const kind = kindOfType(value.text);
		if (kind) event.event = kind;
		return !value.quoted && kind !== undefined;
	}
	return setPair(event, key, value);
}

function readValue(line: string, start: number): (RawValue & { end: number }) | "cut" | "wrong" {
	if (line[start] === '"') {
		const close = closingQuote(line, start + 1);
		if (close < 0) return "cut";
		const text = line.slice(start + 1, close);
		return { text: unfold(text), quoted: true, end: close + 1 };
	}
	const end = endOfBareValue(line, start);
	if (end === start) return start >= line.length ? "cut" : "wrong";
	return { text: line.slice(start, end), quoted: false, end };
}

/** Some logs lose the 0x1d, and a number or a hex-encoded value runs into the next key: `ouid=0FSUID="root"`. */
function endOfBareValue(line: string, start: number): number {
	const end = skip(bareValue, line, start);
	return line[end] === "=" ? skip(gluedValue, line, start) : end;
}

/**
 * The kernel writes any value with a quote in hex, so that a quote closes the value even after a backslash, which
 * a file's name may end in. Only a quote that nothing like a next pair follows can be an escaped one of a program's.
 */
function closingQuote(line: string, from: number): number {
	let close = line.indexOf('"', from);
	while (close > from && line[close - 1] === "\\" && goesOn(line, close + 1)) close = line.indexOf('"', close + 1);
	return close;
}

function goesOn(line: string, at: number): boolean {
	const next = skip(gap, line, at);
	if (next >= line.length || line[next] === "'") return false;
	nextKey.lastIndex = next;
	return !nextKey.test(line);
}

/** A line break inside of a value is where a log broke the record. */
function unfold(text: string): string {
	const joined = text.includes("\n") ? text.replace(/\r?\n/g, "") : text;
	return joined.includes('\\"') ? joined.replaceAll('\\"', '"') : joined;
}

function skip(pattern: RegExp, line: string, at: number): number {
	pattern.lastIndex = at;
	return pattern.test(line) ? pattern.lastIndex : at;
}
