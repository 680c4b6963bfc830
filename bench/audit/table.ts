import { markdown } from "../markdown";
import type { GeneratedLog } from "./log";
import type { PipelineName, PipelineResult } from "./pipeline";

/** aa-logprof on the start of the log. */
export interface LogprofMeasurement {
	lines: number;
	seconds: number;
	/** What it takes for an empty log: Python's start and the profiles. */
	idleSeconds: number;
	results: number;
}

/**
 * The measurements as a table in Markdown. aa-logprof's lines a second are without the time that it takes for an
 * empty log, which counts in its favour.
 */
export function auditTable(
	log: GeneratedLog,
	ours: Record<PipelineName, PipelineResult>,
	logprof: LogprofMeasurement | undefined,
): string {
	const theirs = logprof && logprof.lines / Math.max(logprof.seconds - logprof.idleSeconds, 0.001);
	const rows = (["events", "suggest"] as const).map((name) => {
		const { seconds, lines, peakBytes, results } = ours[name];
		const rate = lines / seconds;
		return [
			name,
			count(lines),
			seconds.toFixed(1),
			count(rate),
			megabytes(peakBytes),
			count(results),
			theirs === undefined ? "–" : `${count(rate / theirs)} ×`,
		];
	});
	if (logprof && theirs !== undefined) {
		const { lines, seconds, results } = logprof;
		rows.push(["aa-logprof", count(lines), seconds.toFixed(1), count(theirs), "–", count(results), "1 ×"]);
	}
	const title = `log of ${megabytes(log.bytes)} MB, ${count(log.records)} records`;
	const head = [title, "lines", "seconds", "lines a second", "peak memory, MB", "results", "of aa-logprof"];
	return markdown(head, rows);
}

const count = (number: number) => Math.round(number).toLocaleString("en");
const megabytes = (bytes: number) => count(bytes / 1e6);
