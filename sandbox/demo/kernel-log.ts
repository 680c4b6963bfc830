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
		const lines = stdout.split("\n").filter((line) => line.includes(`profile="${this.profile}"`));
		const fresh = lines.slice(this.seen);
		this.seen = lines.length;
		return fresh.filter((line) => /apparmor="(ALLOWED|DENIED|AUDIT)"/.test(line)).map(read);
	}
}

function read(line: string): Seen {
	const field = (key: string) => new RegExp(` ${key}="([^"]*)"`).exec(line)?.[1] ?? "";
	return {
		verdict: field("apparmor"),
		operation: field("operation"),
		name: field("name") || field("capname") || field("family"),
		mask: field("denied_mask") || field("requested_mask"),
		comm: field("comm"),
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
