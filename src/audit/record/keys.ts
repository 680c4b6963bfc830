import type { AuditEvent } from "../event";
import { decodeHex, isHex } from "./hex";
import { protocolName } from "./protocols";

/**
 * How a key's value is written: `quoted` is a text that the kernel never encodes, `text` is quoted or hex-encoded,
 * `word` stands bare.
 */
type Form = "quoted" | "text" | "word" | "number" | "signed" | "protocol" | "address";

interface Key {
	field: keyof AuditEvent;
	form: Form;
}

const keys = new Map<string, Key>();

function declare(form: Form, ...fields: (keyof AuditEvent)[]): void {
	for (const field of fields) keys.set(field, { field, form });
}

declare("quoted", "operation", "class", "requested_mask", "denied_mask", "requested", "denied", "attribute");
declare("quoted", "info", "peer_info", "family", "sock_type", "bus", "path", "interface", "member", "flags", "capname");
declare("text", "profile", "namespace", "name", "name2", "comm", "exe", "peer", "peer_profile", "target", "fstype");
declare("text", "srcname", "execpath", "addr", "peer_addr");
declare("word", "signal", "rlimit");
declare("number", "pid", "parent", "fsuid", "ouid", "task", "magic_token", "lport", "fport", "capability", "peer_pid");
declare("number", "value");
declare("signed", "error");
declare("protocol", "protocol");
declare("address", "laddr", "faddr");

const synonyms: [string, keyof AuditEvent][] = [
	["label", "profile"],
	["peer_label", "peer_profile"],
	["tcontext", "peer_profile"],
	["mask", "denied_mask"],
	["method", "member"],
	["saddr", "laddr"],
	["daddr", "faddr"],
	["src", "lport"],
	["dest", "fport"],
];
for (const [synonym, field] of synonyms) keys.set(synonym, keys.get(field) as Key);

/** A value as it stands in a record: what is between quotes, or bare. */
export interface RawValue {
	text: string;
	quoted: boolean;
}

/**
 * Puts one pair of a record into the event. A key that this library does not know is passed over, so that a
 * record of a newer kernel is not lost.
 *
 * @returns false if the value is not one that this key can have.
 */
export function setPair(event: AuditEvent, name: string, value: RawValue): boolean {
	const key = keys.get(name);
	if (key === undefined) return true;
	if (!value.quoted && isAbsent(name, value.text)) return true;
	const decoded = decode(key.form, value);
	if (decoded === undefined) return false;
	(event as unknown as Record<string, string | number>)[key.field] = decoded;
	return true;
}

/** `none` is a socket without a name, `?` what a D-Bus daemon does not know. */
function isAbsent(name: string, text: string): boolean {
	if (text === "none") return name === "addr" || name === "peer_addr";
	return text === "?" && name === "addr";
}

function decode(form: Form, { text, quoted }: RawValue): string | number | undefined {
	switch (form) {
		case "quoted":
			return quoted ? text : undefined;
		case "text":
			if (quoted) return text;
			return isHex(text) ? decodeHex(text) : undefined;
		case "word":
			return quoted ? undefined : text;
		case "number":
			return !quoted && /^\d+$/.test(text) ? Number(text) : undefined;
		case "signed":
			return !quoted && /^-?\d+$/.test(text) ? Number(text) : undefined;
		case "protocol":
			if (quoted) return text;
			return /^\d+$/.test(text) ? protocolName(Number(text)) : undefined;
		case "address":
			return !quoted && /^[0-9a-fA-F.:]{3,}$/.test(text) ? text : undefined;
	}
}
