import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Console } from "./console";
import { UserError } from "./exit";

/** The name under which standard input is shown. */
export const standardInput = "<stdin>";

/** One thing to read: a file by its name, or standard input (`-`, or where no file is named). */
export interface Source {
	name: string;
	bytes(): AsyncIterable<Uint8Array>;
	/** The size in bytes, where it is known beforehand. */
	size?: number;
}

/**
 * What the arguments name, files first opened so that everything that cannot be read is said at once, before
 * any work. Files that begin as gzip does (rotated logs) are unpacked on the way.
 *
 * @throws UserError with a line for each file that cannot be read.
 */
export async function sources(files: string[], console: Console): Promise<Source[]> {
	const problems: string[] = [];
	const found: Source[] = [];
	for (const file of files.length > 0 ? files : ["-"]) {
		if (file === "-") {
			found.push({ name: standardInput, bytes: () => console.stdin });
			continue;
		}
		try {
			const { size, packed } = await look(file);
			found.push({
				name: file,
				...(packed || size === undefined ? {} : { size }),
				bytes: () => read(file, packed),
			});
		} catch (error) {
			problems.push(unreadable(file, error));
		}
	}
	if (problems.length > 0) throw new UserError(problems.join("\n"));
	return found;
}

/** Big pieces: the fewer there are, the less time is lost between them. */
const pieceSize = 1 << 20;

function read(file: string, packed: boolean): AsyncIterable<Uint8Array> {
	const stream = createReadStream(file, { highWaterMark: pieceSize });
	// An error of either ends the pipeline, and whoever iterates over its end sees it.
	return packed ? pipeline(stream, createGunzip({ chunkSize: pieceSize }), () => {}) : stream;
}

async function look(file: string): Promise<{ size?: number; packed: boolean }> {
	const handle = await open(file);
	try {
		const stat = await handle.stat();
		if (stat.isDirectory()) throw new Error("it is a folder");
		// What was read from a pipe would be gone.
		if (!stat.isFile()) return { packed: false };
		const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
		return { size: stat.size, packed: bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b };
	} finally {
		await handle.close();
	}
}

/** The text of a policy file, or of standard input. Bytes that are no UTF-8 become U+FFFD, as nothing here depends on them. */
export async function readText(file: string, console: Console): Promise<string> {
	if (file === "-") {
		const chunks: Uint8Array[] = [];
		for await (const chunk of console.stdin) chunks.push(chunk);
		return Buffer.concat(chunks).toString("utf8");
	}
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new UserError(unreadable(file, error));
	}
}

function unreadable(file: string, error: unknown): string {
	const code = (error as NodeJS.ErrnoException).code;
	const why =
		{ ENOENT: "there is no such file", EACCES: "this user may not read it", EISDIR: "it is a folder" }[code ?? ""] ??
		(error as Error).message;
	return `${file} cannot be read: ${why}`;
}
