import { type Measurement, type Row, rows } from "./rows";
import type { StateSize } from "./state-size";

/** The middle one, or of an even number the lower of the two. */
export function median(numbers: number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted[Math.ceil(sorted.length / 2) - 1];
	if (middle === undefined) throw new Error("no numbers");
	return middle;
}

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

/** The first column to the left, the others to the right, all of one width. */
function markdown(head: string[], body: string[][]): string {
	const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
	const line = (cells: string[]) =>
		`| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number))).join(" | ")} |`;
	const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
	return [line(head), line(rule), ...body.map(line)].join("\n");
}
