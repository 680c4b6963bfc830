import type { AuditEvent } from "./event";
import type { AuditRecord } from "./stream/stream";

/** The events of a log that ask for the same rule. */
export interface EventGroup {
	/** The first of them. */
	event: AuditEvent;
	count: number;
	/** The earliest and the latest time, seconds since 1970; absent if no record says one. */
	first?: number;
	last?: number;
	/** The first record's text. */
	example: string;
}

export interface EventCounts {
	/** In the order of each group's first event. */
	groups: EventGroup[];
	events: number;
	/** Events that would have opened a group more than {@link CountOptions.mostGroups}, and are in none. */
	dropped: number;
	/** What to tell a person about the dropped events; absent if there are none. */
	note?: string;
}

export interface CountOptions {
	/** How many groups are kept, some 1 KiB of memory each. Default: 100,000. */
	mostGroups?: number;
}

/** What differs between two events that ask for the same rule: when, and which process. */
const passing: ReadonlySet<string> = new Set([
	"epoch",
	"serial",
	"pid",
	"parent",
	"peer_pid",
	"task",
	"magic_token",
	"comm",
	"exe",
] satisfies (keyof AuditEvent)[]);

/**
 * Counts a log's records by what they ask for, so that a log of any size takes memory for its different events
 * only. Two events are in one group if they differ in nothing but time, serial number and process.
 */
export async function countEvents(
	records: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
	{ mostGroups = 100_000 }: CountOptions = {},
): Promise<EventCounts> {
	const groups = new Map<string, EventGroup>();
	let events = 0;
	let dropped = 0;
	for await (const { event, line } of records) {
		events++;
		const identity = identityOf(event);
		const group = groups.get(identity);
		if (group) count(group, event.epoch);
		else if (groups.size < mostGroups) groups.set(identity, open(event, line));
		else dropped++;
	}
	const counts = { groups: [...groups.values()], events, dropped };
	return dropped === 0 ? counts : { ...counts, note: noteOf(dropped, events, mostGroups) };
}

function identityOf(event: AuditEvent): string {
	let identity = "";
	for (const [key, value] of Object.entries(event)) {
		if (!passing.has(key)) identity += `${key}=${typeof value === "string" ? `${value.length}:${value}` : value} `;
	}
	return identity;
}

function open(event: AuditEvent, example: string): EventGroup {
	const { epoch } = event;
	return { event, count: 1, example, ...(epoch === undefined ? {} : { first: epoch, last: epoch }) };
}

function count(group: EventGroup, epoch: number | undefined): void {
	group.count++;
	if (epoch === undefined) return;
	group.first = Math.min(group.first ?? epoch, epoch);
	group.last = Math.max(group.last ?? epoch, epoch);
}

function noteOf(dropped: number, events: number, mostGroups: number): string {
	return (
		`${dropped} of ${events} events are left out: the log has more than ${mostGroups} different ones. ` +
		"Read a shorter stretch of it, or one profile's records."
	);
}
