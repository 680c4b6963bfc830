import { readFileSync } from "node:fs";
import { createCounters, type StreamCounters } from "../../src/audit/stream/stream";

export type PipelineName = "events" | "suggest";

/** What a pipeline took and found. */
export interface PipelineResult {
	seconds: number;
	lines: number;
	records: number;
	/** Bytes of memory at the highest, with the program itself. */
	peakBytes: number;
	/** Events or suggestions. */
	results: number;
}

/**
 * Runs a pipeline over the log that the process was started with, and prints its result as JSON. Each pipeline is a
 * process of its own, so that its peak memory is its own.
 */
export async function runPipeline(
	pipeline: (path: string, counters: StreamCounters) => Promise<number>,
): Promise<void> {
	const path = process.argv[2];
	if (path === undefined) throw new Error("no log is named");
	const counters = createCounters();
	const begin = performance.now();
	const results = await pipeline(path, counters);
	const seconds = (performance.now() - begin) / 1000;
	const { lines, records } = counters;
	const result: PipelineResult = { seconds, lines, records, peakBytes: peakBytes(), results };
	console.log(JSON.stringify(result));
}

/** The kernel's own count of the most memory that this process had. */
function peakBytes(): number {
	const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
	if (!line) throw new Error("/proc/self/status has no VmHWM: this needs Linux");
	return Number(line[1]) * 1024;
}
