import type { AuditEvent } from "../../src/audit/event";
import { parseAuditRecord } from "../../src/audit/record/parse";
import type { SandboxHost } from "../index";

/** What the demo shows of an audit record. */
export interface Seen {
	verdict: string;
	operation: string;
	name: string;
	mask: string;
	comm: string;
}

/** The audit records about one profile that came since the last call, from the kernel's ring buffer. */
export class KernelLog {
	private seen = 0;

	constructor(
		private readonly host: SandboxHost,
		private readonly profile: string,
	) {}

	async since(): Promise<Seen[]> {
		const { stdout } = await this.host.run("dmesg");
		const events = stdout.split("\n").flatMap((line) => parseAuditRecord(line) ?? []);
		const own = events.filter(({ profile }) => profile === this.profile);
		const fresh = own.slice(this.seen);
		this.seen = own.length;
		return fresh.filter(({ event }) => ["ALLOWED", "DENIED", "AUDIT"].includes(event)).map(shown);
	}
}

function shown(event: AuditEvent): Seen {
	return {
		verdict: event.event,
		operation: event.operation ?? "",
		name: event.name || event.capname || event.family || "",
		mask: event.denied_mask || event.requested_mask || "",
		comm: event.comm ?? "",
	};
}

/** One line an access, however often it was seen. */
export function summarised(records: Seen[]): string[] {
	const counts = new Map<string, number>();
	for (const { verdict, operation, name, mask, comm } of records) {
		const line = `${verdict.padEnd(8)} ${operation.padEnd(12)} ${name}${mask ? ` (${mask})` : ""}, by ${comm}`;
		counts.set(line, (counts.get(line) ?? 0) + 1);
	}
	return [...counts].map(([line, count]) => (count > 1 ? `${line}, ${count} times` : line));
}
