import { styleText } from "node:util";

/** Reports what a long step is doing just now; shown beside its title and elapsed time. */
export type Report = (what: string) => void;

const isTerminal = process.stderr.isTTY === true;
const quietForMs = 15_000;

/**
 * Runs one step of a set-up and shows it on stderr with its elapsed time: a line that is kept up to
 * date on a terminal; elsewhere a line at the start, one every 15 s, and one at the end.
 */
export async function step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
	const start = Date.now();
	let detail = "";
	const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
	const show = () => {
		const line = `▸ ${title} (${elapsed()}${detail ? `, ${detail}` : ""})`;
		process.stderr.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
	};
	show();
	const timer = setInterval(show, isTerminal ? 1000 : quietForMs);
	const end = (mark: string) => {
		clearInterval(timer);
		process.stderr.write(`${isTerminal ? "\r\x1b[K" : ""}${mark} ${title} (${elapsed()})\n`);
	};
	try {
		const result = await work((what) => {
			detail = what;
			if (isTerminal) show();
		});
		end(styleText("green", "✓", { stream: process.stderr }));
		return result;
	} catch (error) {
		end(styleText("red", "✗", { stream: process.stderr }));
		throw error;
	}
}
