import { markdown } from "../markdown";
import { median } from "../median";
import { type Measurement, type Row, rows } from "./rows";
import type { StateSize } from "./state-size";

/** A set of hosts' measurements as a table in Markdown; each time is the median of its runs. */
export function table(title: string, pulumi: Measurement, ansible?: Measurement): string {
	const lines = rows.map((row: Row) => {
		const ours = median(pulumi.seconds[row]);
		const theirs = ansible && median(ansible.seconds[row]);
		return [
			`${row} (${pulumi.seconds[row].length === 1 ? "1 run" : `median of ${pulumi.seconds[row].length}`})`,
			ours.toFixed(1),
			theirs === undefined ? "–" : theirs.toFixed(1),
			theirs === undefined ? "–" : (ours / theirs).toFixed(2),
		];
	});
	return markdown([title, "pulumi, s", "ansible, s", "ratio"], lines);
}

/** What the state takes. The aim is for the bytes beside the policy: at most 4 KB a profile and host. */
export function stateTable(size: StateSize): string {
	return markdown(
		["state of the stack", "bytes"],
		[
			["the file", bytes(size.file)],
			[`a profile and host, of ${size.pairs} (the file shared out)`, bytes(size.file / size.pairs)],
			["– less the policy text, once", bytes(size.besidePolicy)],
			["the policy text", bytes(size.policyText)],
			["the record of one profile on one host", bytes(size.pair)],
			["the records of one host (the agent, the component)", bytes(size.host)],
		],
	);
}

const bytes = (count: number) => String(Math.round(count));
