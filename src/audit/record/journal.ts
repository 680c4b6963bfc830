/** One entry of journald's, of what `journalctl -o json` or `-o export` prints. */
export interface JournalEntry {
	message: string;
	/** Whether journald had it from the kernel's audit subsystem, without `audit(…)` in the message. */
	audit: boolean;
	/** Seconds since 1970. */
	epoch?: number;
	serial?: number;
}

/** Whether a text is meant to be an entry of the journal: a JSON object, or lines `FIELD=value`. */
export function isJournalEntry(text: string): boolean {
	return /^\s*\{/.test(text) || /^(?:_|[A-Z])[A-Z0-9_]*[=\n]/.test(text);
}

/** Reads an entry of the journal; undefined if it is broken or has no message. */
export function readJournalEntry(text: string): JournalEntry | undefined {
	const fields = /^\s*\{/.test(text) ? readJson(text) : readExport(text);
	const message = fields?.get("MESSAGE");
	if (!fields || message === undefined) return undefined;
	const entry: JournalEntry = {
		message,
		audit: fields.get("_TRANSPORT") === "audit" || fields.has("_AUDIT_TYPE") || fields.has("_AUDIT_TYPE_NAME"),
	};
	const microseconds = Number(fields.get("_SOURCE_REALTIME_TIMESTAMP") ?? fields.get("__REALTIME_TIMESTAMP"));
	if (Number.isFinite(microseconds)) entry.epoch = microseconds / 1e6;
	const serial = fields.get("_AUDIT_ID");
	if (serial !== undefined && /^\d+$/.test(serial)) entry.serial = Number(serial);
	return entry;
}

function readJson(text: string): Map<string, string> | undefined {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return undefined;
	}
	const fields = new Map<string, string>();
	for (const [name, value] of Object.entries(parsed as object)) {
		const decoded = readJsonValue(value);
		if (decoded !== undefined) fields.set(name, decoded);
	}
	return fields;
}

/** journald prints a value that is not plain text as an array of its bytes. */
function readJsonValue(value: unknown): string | undefined {
	if (typeof value === "string") return value;
	if (Array.isArray(value) && value.every((byte) => typeof byte === "number")) return Buffer.from(value).toString();
	return undefined;
}

const field = /([A-Z_][A-Z0-9_]*)(?:=(.*)\n?|\n)/y;
const nextField = /\n(?=[A-Z_][A-Z0-9_]*[=\n]|\n*$)/g;
/** A value that is not plain text has its length before it, 64 bits. */
const lengthBytes = 8;

function readExport(text: string): Map<string, string> | undefined {
	const fields = new Map<string, string>();
	let at = 0;
	while (at < text.length && text[at] !== "\n") {
		field.lastIndex = at;
		const match = field.exec(text);
		if (!match) return undefined;
		const name = match[1] as string;
		at = field.lastIndex;
		if (match[2] !== undefined) {
			fields.set(name, match[2]);
			continue;
		}
		nextField.lastIndex = at + lengthBytes;
		const end = nextField.exec(text)?.index ?? text.length;
		fields.set(name, text.slice(at + lengthBytes, end));
		at = end + 1;
	}
	return fields;
}
