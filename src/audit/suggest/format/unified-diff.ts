import { createTwoFilesPatch } from "diff";

/** What makes one text into another, for `patch -p0`; `context` is how many lines stand around each change. */
export function unifiedDiff(file: string, before: string, after: string, context = 3): string {
	const patch = createTwoFilesPatch(file, file, before, after, undefined, undefined, { context });
	return patch.slice(patch.indexOf("--- "));
}
