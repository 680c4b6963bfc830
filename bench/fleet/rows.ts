import { step } from "../../setup/progress";
import { renderProfile } from "../../src/index";
import type { FleetHost } from "./hosts";
import type { Tool } from "./tool";
import { rulesOf, type Wanted, wanted } from "./work";

/** The rows of the table, in the order in which they are measured. */
export const rows = [
	"install every profile",
	"change one profile",
	"change every profile's mode",
	"again, nothing to do",
] as const;
export type Row = (typeof rows)[number];

export interface Measurement {
	/** Each run's time. */
	seconds: Record<Row, number[]>;
	/** SSH connections in the runs that had nothing to do. */
	idleConnections: number;
}

/** Has one tool do all rows on the hosts, each but the first `runs` times, and checks what it did after every run. */
export async function measure(tool: Tool, hosts: FleetHost[], profiles: number, runs: number): Promise<Measurement> {
	const seconds = Object.fromEntries(rows.map((row) => [row, []])) as unknown as Record<Row, number[]>;
	const timed = async (row: Row, work: Wanted, changedHosts: number) => {
		const start = performance.now();
		const changed = await tool.run(work);
		seconds[row].push((performance.now() - start) / 1000);
		if (changed !== changedHosts)
			throw new Error(`${tool.name}, "${row}": it changed ${changed} hosts instead of ${changedHosts}`);
		await check(tool, hosts, work);
	};
	return step(`${tool.name}: ${profiles} profiles on ${hosts.length} hosts`, async (report) => {
		const first = wanted(profiles, "complain");
		report("getting ready");
		await tool.prepare(first);
		report(rows[0]);
		await timed(rows[0], first, hosts.length);
		report(rows[1]);
		for (let run = 1; run <= runs; run++) await timed(rows[1], wanted(profiles, "complain", run), hosts.length);
		report(rows[2]);
		let last = first;
		for (let run = 1; run <= runs; run++) {
			last = wanted(profiles, run % 2 === 1 ? "enforce" : "complain", runs);
			await timed(rows[2], last, hosts.length);
		}
		report(rows[3]);
		const before = await connections(hosts);
		for (let run = 1; run <= runs; run++) await timed(rows[3], last, 0);
		return { seconds, idleConnections: (await connections(hosts)) - before };
	});
}

/** Both tools must have done the same work: the rules that the package renders, loaded in the mode that was asked for. */
async function check(tool: Tool, hosts: FleetHost[], { mode, profiles }: Wanted): Promise<void> {
	for (const host of hosts) {
		const loaded = await host.loaded();
		for (const profile of profiles) {
			const where = `${tool.name}: ${profile.name} on ${host.target.name}`;
			if (!loaded.includes(`${profile.name} (${mode})`)) throw new Error(`${where} is not loaded in ${mode} mode`);
			const expected = rulesOf(renderProfile({ ...profile, mode, template: "custom-application" }));
			const actual = rulesOf(await host.policyFile(profile.name));
			if (actual !== expected) throw new Error(`${where} is not the same policy:\n${actual}\ninstead of\n${expected}`);
		}
	}
}

async function connections(hosts: FleetHost[]): Promise<number> {
	const counts = await Promise.all(hosts.map((host) => host.connections()));
	return counts.reduce((sum, count) => sum + count, 0);
}
