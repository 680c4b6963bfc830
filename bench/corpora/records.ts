import type { AuditEvent } from "../../src/audit/event";
import { parseAuditRecord } from "../../src/audit/record/parse";
import { readCorpus, type Score } from "./corpus";

interface RecordCase {
	name: string;
	log: string;
	/** What libapparmor reads from it, lines `Label: value`. */
	parsed: string;
}

/** The keys that may hold what libapparmor prints under a label; where it keeps one field for several, the first. */
const keysOfLabels: Record<string, (keyof AuditEvent)[]> = {
	Operation: ["operation"],
	Mask: ["requested_mask", "requested"],
	"Denied Mask": ["denied_mask", "denied"],
	fsuid: ["fsuid"],
	ouid: ["ouid"],
	Profile: ["profile"],
	"Peer profile": ["peer_profile"],
	Peer: ["peer"],
	Name: ["capname", "name"],
	Command: ["exe", "comm"],
	Name2: ["target", "name2"],
	Namespace: ["namespace"],
	Attribute: ["attribute"],
	Task: ["task"],
	Parent: ["parent"],
	Token: ["magic_token"],
	Info: ["info"],
	"Peer info": ["peer_info"],
	PID: ["pid"],
	"Peer PID": ["peer_pid"],
	"Network family": ["family"],
	"Socket type": ["sock_type"],
	Protocol: ["protocol"],
	"Local addr": ["laddr"],
	"Foreign addr": ["faddr"],
	"Local port": ["lport"],
	"Foreign port": ["fport"],
	Addr: ["addr"],
	"Peer addr": ["peer_addr"],
	"DBus bus": ["bus"],
	"DBus path": ["path"],
	"DBus interface": ["interface"],
	"DBus member": ["member"],
	Signal: ["signal"],
	"FS Type": ["fstype"],
	Flags: ["flags"],
	"Src name": ["srcname"],
	Class: ["class"],
	Execpath: ["execpath"],
	"Audit subid": ["serial"],
};

/** Every record of AppArmor's own tests: each field as libapparmor reads it, and what it refuses refused. */
export function scoreRecords(): Score {
	const cases = readCorpus<RecordCase>("log-records.jsonl");
	const misses = cases.flatMap(({ name, log, parsed }) => {
		const differences = compare(parseAuditRecord(log), parsed);
		return differences.length > 0 ? [{ name, reason: differences.join("; ") }] : [];
	});
	return { what: "audit records", met: cases.length - misses.length, total: cases.length, misses };
}

function compare(event: AuditEvent | undefined, parsed: string): string[] {
	const expected = new Map(
		parsed
			.split("\n")
			.map((line) => /^([\w ]+): (.*)$/.exec(line))
			.filter((match) => match !== null)
			.map((match) => [match[1] as string, match[2] as string]),
	);
	const kind = expected.get("Event type")?.replace("AA_RECORD_", "");
	if (kind === "INVALID") return event ? [`read as ${event.event}, though it is no record`] : [];
	if (!event) return [`refused, though it is ${kind}`];
	const differences = event.event === kind ? [] : [`event is ${event.event}, not ${kind}`];
	const compared = new Set<string>(["event", "epoch", "capability"]);
	for (const [label, value] of expected) {
		if (label === "File" || label === "Event type") continue;
		const found = readLabel(event, label, compared);
		if (found === undefined) differences.push(`no key for the label ${label}`);
		else if (found !== value) differences.push(`${label} is ${found}, not ${value}`);
	}
	for (const key of Object.keys(event)) if (!compared.has(key)) differences.push(`${key}, which is not expected`);
	return differences;
}

/** What the event has under a label of libapparmor's, as libapparmor prints it. */
function readLabel(event: AuditEvent, label: string, compared: Set<string>): string | undefined {
	if (label === "Audit ID") return `${event.epoch?.toFixed(3)}:${event.serial}`;
	if (label === "Epoch") return String(Math.floor(event.epoch ?? Number.NaN));
	if (label === "ErrorCode") {
		compared.add("error");
		return String(Math.abs(event.error ?? Number.NaN));
	}
	const keys = keysOfLabels[label];
	for (const key of keys ?? []) compared.add(key);
	const key = keys?.find((candidate) => event[candidate] !== undefined);
	return keys && String(key === undefined ? undefined : event[key]);
}
