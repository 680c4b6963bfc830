/** Which line of which source a line of the rendered policy comes from. Lines count from 1. */
export interface LineMap {
	/** The names of the sources as a person knows them: the template's path, a partial's name. */
	sources: string[];
	/** Runs of lines: from rendered line `start` on, line `start + k` is line `line + k` of `sources[source]`. */
	runs: { start: number; source: number; line: number }[];
}

/** A map for text that is its own source. */
export function identityMap(source: string): LineMap {
	return { sources: [source], runs: [{ start: 1, source: 0, line: 1 }] };
}

/** Builds the map from what each rendered line knows of its origin; a line that knows nothing continues the run. */
export function lineMapOf(sources: string[], origins: ({ source: number; line: number } | undefined)[]): LineMap {
	const runs: LineMap["runs"] = [];
	origins.forEach((origin, index) => {
		const start = index + 1;
		const last = runs.at(-1);
		const continues =
			last && (!origin || (origin.source === last.source && origin.line === last.line + start - last.start));
		if (!continues) runs.push({ start, ...(origin ?? { source: 0, line: 1 }) });
	});
	return { sources, runs };
}

/** The same map for text that got `count` more lines at its start. */
export function shiftLines(map: LineMap, count: number): LineMap {
	return { sources: map.sources, runs: map.runs.map((run) => ({ ...run, start: run.start + count })) };
}

/** "profiles/myapp.hbs:12" for a line of the rendered policy. */
export function sourceOf(map: LineMap, renderedLine: number): string {
	const run = map.runs.findLast((candidate) => candidate.start <= renderedLine) ?? map.runs[0];
	if (!run) return `line ${renderedLine}`;
	return `${map.sources[run.source]}:${run.line + renderedLine - run.start}`;
}

/** The line of one source that a line of the rendered policy comes from; undefined where it comes from another. */
export function lineOfSource(map: LineMap, renderedLine: number, source: number): number | undefined {
	const run = map.runs.findLast((candidate) => candidate.start <= renderedLine);
	return run?.source === source ? run.line + renderedLine - run.start : undefined;
}
