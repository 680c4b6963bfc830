/** A mistake in how a command was called: its words are enough, a stack trace would hide them. */
export class UsageError extends Error {}

/** Takes a check's refusal of an argument for the usage error that it is here. */
export function argument<A, T>(check: (value: A) => T, value: A): T {
	try {
		return check(value);
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

/** Prints rows under a heading, in columns. */
export function printTable(rows: string[][]): void {
	const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
	for (const row of rows) {
		const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
		console.log(cells.join("  ").trimEnd());
	}
}
