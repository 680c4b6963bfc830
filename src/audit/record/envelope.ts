import type { EventKind } from "../event";

/** What comes before the pairs of a record, and where these start. */
export interface Envelope {
	/** The offset of the first pair. */
	body: number;
	/** What the record's type says; undefined where only the pair `apparmor="…"` does. */
	kind: EventKind | undefined;
	/** A record of a D-Bus daemon, whose pairs are in `msg='…'`. */
	user: boolean;
	epoch?: number;
	serial?: number;
}

const time = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d| [A-Z]{3,5})?`;
const month = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`;
const date = String.raw`(?:${month} +\d{1,2} (?:\d{4} )?|(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d[T ])${time}`;
const kernelTag = String.raw`(?:kernel|kern\.\w+):|kernel - - (?:-|\[[^\]\n]*\])`;

/** A syslog line up to its message; group 1 is a program's name where it is not the kernel's. */
const syslog = new RegExp(
	String.raw`(?:<\d{1,3}>1? ?)?${date} +(?:\S+ +)?(?:${kernelTag}|([\w.-]+)(?:\[\d+\])?:)`,
	"y",
);
/** A line of the ring buffer up to its time: `<5>`, `kern  :notice:` (dmesg -x) or `5,12,34,-;` (/dev/kmsg). */
const ringBuffer = /(?:<\d{1,3}>|kern +:\w+ *: *|\d+,\d+,\d+,[^;\n]*;)?/y;
/** Seconds since boot or, of `dmesg -T`, a date; with `journalctl -o short-monotonic` the host comes after it. */
const stamp = /\s*\[[\w .:+-]{3,40}\]\s*(?:\S+ kernel: *)?/y;
const auditd = /\s*(?:node=\S+\s+)?(?:type=(\S+)\s+)?msg=/y;
const kernelType = /\s*(?:audit: +)?(?:type=(\d+)\s+)?/y;
const auditId = /audit\((\d+\.\d+):(\d+)\)\s*:\s*/y;
/** journald's own form of a record: its type's name, and no `audit(…)`. */
const journalType = /\s*([A-Z_]+(?:\[\d+\])?)\s+/y;
/** What a D-Bus daemon's record says of the daemon itself, up to the pairs of the access. */
const userHead = /(?:\w+=(?:"[^"\n]*"|[^\s"']+)\s+)*msg='/y;

/** Reads what comes before the pairs of a line; undefined if it is nothing that an AppArmor record can start with. */
export function readEnvelope(line: string): Envelope | undefined {
	const start = line.search(/\S/);
	if (start < 0) return undefined;
	const audit = matchAt(auditd, line, start);
	if (audit) return withId(line, audit.end, audit.groups[1]);
	const program = matchAt(syslog, line, start);
	const tag = program?.groups[1];
	if (program && tag === "audit") return readJournalMessage(line, program.end) ?? readKernel(line, program.end);
	if (program && tag !== undefined) return readProgram(line, program.end);
	const origin = program ? program.end : (matchAt(ringBuffer, line, start)?.end ?? start);
	return readKernel(line, matchAt(stamp, line, origin)?.end ?? origin);
}

/** Reads the start of a program's message: auditd's records passed on to syslog, or a D-Bus daemon's own pairs. */
function readProgram(line: string, start: number): Envelope | undefined {
	const relayed = matchAt(auditd, line, start);
	return relayed ? withId(line, relayed.end, relayed.groups[1]) : { body: start, kind: undefined, user: false };
}

/** Reads the start of a message that journald made of a record: `AVC apparmor="…"`, `USER_AVC pid=… msg='…'`. */
export function readJournalMessage(message: string, start: number): Envelope | undefined {
	const type = matchAt(journalType, message, start);
	return type && ofType(message, type.end, type.groups[1]);
}

function readKernel(line: string, start: number): Envelope | undefined {
	const type = matchAt(kernelType, line, start);
	return type && withId(line, type.end, type.groups[1]);
}

function withId(line: string, start: number, type: string | undefined): Envelope | undefined {
	const id = matchAt(auditId, line, start);
	const envelope = id && ofType(line, id.end, type);
	return envelope && { ...envelope, epoch: Number(id.groups[1]), serial: Number(id.groups[2]) };
}

function ofType(line: string, body: number, type: string | undefined): Envelope | undefined {
	if (type === undefined || /^(?:AVC|1400|UNKNOWN\[1400\])$/.test(type)) return { body, kind: undefined, user: false };
	if (/^(?:USER_AVC|1107|UNKNOWN\[1107\])$/.test(type)) {
		const head = matchAt(userHead, line, body);
		return head && { body: head.end, kind: undefined, user: true };
	}
	const kind = kindOfType(type);
	return kind && { body, kind, user: false };
}

const numbers = new Map<string, EventKind>([
	["1501", "AUDIT"],
	["1502", "ALLOWED"],
	["1503", "DENIED"],
	["1504", "HINT"],
	["1505", "STATUS"],
	["1506", "ERROR"],
	["1507", "KILLED"],
]);
const words = new Map([...numbers.values()].map((kind) => [kind as string, kind]));

/** What an audit type of AppArmor's own says: `APPARMOR_DENIED`, `1503` or `UNKNOWN[1503]`. */
export function kindOfType(type: string): EventKind | undefined {
	const number = /^(?:UNKNOWN\[(\d+)\]|(\d+))$/.exec(type);
	if (number) return numbers.get(number[1] ?? (number[2] as string));
	if (type === "APPARMOR_KILL") return "KILLED";
	return type.startsWith("APPARMOR_") ? kindOfWord(type.slice("APPARMOR_".length)) : undefined;
}

/** What the pair `apparmor="…"` says. */
export function kindOfWord(word: string): EventKind | undefined {
	return words.get(word);
}

function matchAt(pattern: RegExp, text: string, at: number): { groups: RegExpExecArray; end: number } | undefined {
	pattern.lastIndex = at;
	const groups = pattern.exec(text);
	return groups ? { groups, end: pattern.lastIndex } : undefined;
}
