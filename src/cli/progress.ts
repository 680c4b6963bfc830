import type { Console } from "./console";
import type { Source } from "./input";

const intervalMs = 500;

/**
 * Passes a source's bytes on, and while a person waits says every half second how far it is; the words are wiped
 * when it is done.
 */
export async function* withProgress(source: Source, console: Console): AsyncIterable<Uint8Array> {
	if (!console.interactive) {
		yield* source.bytes();
		return;
	}
	const start = Date.now();
	let said = start;
	let read = 0;
	try {
		for await (const chunk of source.bytes()) {
			read += chunk.length;
			const now = Date.now();
			if (now - said >= intervalMs) {
				said = now;
				console.stderr.write(`\r\x1b[K${progressLine(source, read, now - start)}`);
			}
			yield chunk;
		}
	} finally {
		if (said !== start) console.stderr.write("\r\x1b[K");
	}
}

/** "kernel.log: 120 of 1,000 MB (12%), 8 s left"; without its end where the size is not known. */
export function progressLine(source: Pick<Source, "name" | "size">, read: number, elapsedMs: number): string {
	const megabytes = (bytes: number) => Math.round(bytes / 1e6).toLocaleString("en");
	if (!source.size) return `${source.name}: ${megabytes(read)} MB`;
	const left = Math.ceil((elapsedMs * (source.size / read - 1)) / 1000);
	const percent = Math.floor((100 * read) / source.size);
	return `${source.name}: ${megabytes(read)} of ${megabytes(source.size)} MB (${percent}%), ${Math.max(left, 0)} s left`;
}
