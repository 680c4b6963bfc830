import { styleText } from "node:util";

const start = Date.now();
let chapters = 0;

/** A heading, with the time since the start. */
export function chapter(title: string): void {
	const elapsed = `${Math.round((Date.now() - start) / 1000)} s`;
	const heading = `${++chapters}. ${title}`;
	console.log(`\n${styleText("bold", heading)} ${styleText("dim", `(${elapsed})`)}`);
}

export function say(text: string): void {
	console.log(text);
}

export function show(lines: string[]): void {
	for (const line of lines) console.log(`    ${line}`);
}

/** The command that comes next, as a person would type it. */
export function command(text: string): void {
	console.log(styleText("cyan", `\n  $ ${text}`));
}

/** A claim of the story: shown as kept, or the demo fails. */
export function proven(claim: string, holds: boolean): void {
	if (!holds) throw new Error(`the demo failed: not true that ${claim}`);
	console.log(`  ${styleText("green", "✓")} ${claim}`);
}

export function elapsedSeconds(): number {
	return Math.round((Date.now() - start) / 1000);
}
