import { describe, expect, it } from "vitest";
import type { Measurement } from "../../bench/fleet/rows";
import { stateTable, table } from "../../bench/fleet/table";
import { median } from "../../bench/median";

const measured = (...seconds: number[][]): Measurement => ({
	seconds: {
		"install every profile": seconds[0] ?? [],
		"change one profile": seconds[1] ?? [],
		"change every profile's mode": seconds[2] ?? [],
		"again, nothing to do": seconds[3] ?? [],
	},
	idleConnections: 0,
});

it("median: the middle one, whatever their order; of two, the lower", () => {
	expect(median([3, 10, 2])).toBe(3);
	expect(median([7])).toBe(7);
	expect(median([9, 4])).toBe(4);
	expect(() => median([])).toThrow("no numbers");
});

describe("table", () => {
	const ours = measured([10], [1, 5, 3], [4, 4, 4], [2, 2, 2.04]);

	it("gives medians and their ratio, each column of one width", () => {
		const theirs = measured([40], [6, 6, 6], [8, 8, 8], [10, 10, 10]);
		expect(table("2 hosts", ours, theirs)).toBe(
			[
				"| 2 hosts                                   | pulumi, s | ansible, s | ratio |",
				"| ----------------------------------------- | --------: | ---------: | ----: |",
				"| install every profile (1 run)             |      10.0 |       40.0 |  0.25 |",
				"| change one profile (median of 3)          |       3.0 |        6.0 |  0.50 |",
				"| change every profile's mode (median of 3) |       4.0 |        8.0 |  0.50 |",
				"| again, nothing to do (median of 3)        |       2.0 |       10.0 |  0.20 |",
			].join("\n"),
		);
	});

	it("leaves open what was not measured", () => {
		expect(table("2 hosts", ours)).toMatch(/\| install every profile \(1 run\) +\| +10\.0 \| +– \| +– \|/);
	});
});

it("stateTable shares the file out among the profiles on hosts", () => {
	const size = { file: 1_000_000, pairs: 200, policyText: 1900.4, besidePolicy: 3099.6, pair: 4000, host: 70_000 };
	const lines = stateTable(size).split("\n");
	expect(lines[3]).toMatch(/of 200 .* 5000 \|$/);
	expect(lines[4]).toMatch(/ 3100 \|$/);
	expect(lines[5]).toMatch(/ 1900 \|$/);
});
