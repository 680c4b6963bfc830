import type { ResourceLog } from "../engine-log";

/** What a command wrote, as the resource's outputs keep it. */
export interface Output {
	stdout: string;
	stderr: string;
}

/** Collects what a running command writes, and logs it line by line as `logging` asks. */
export class OutputCollector {
	private readonly stdout: Buffer[] = [];
	private readonly stderr: Buffer[] = [];
	private readonly both: Buffer[] = [];
	private line = "";

	constructor(
		private readonly log: ResourceLog,
		private readonly logging: string | undefined,
	) {}

	write(stream: "stdout" | "stderr", data: Buffer): void {
		this[stream].push(data);
		this.both.push(data);
		if ([undefined, stream, "stdoutAndStderr"].includes(this.logging)) this.logLines(data.toString());
	}

	private logLines(text: string): void {
		const lines = (this.line + text).split("\n");
		this.line = lines.pop() ?? "";
		for (const line of lines) this.log.status(line.replace(/\r$/, ""));
	}

	/** Ends the collection of a command that succeeded. */
	async finish(): Promise<Output> {
		if (this.line) this.log.status(this.line);
		await this.log.flush();
		const text = (parts: Buffer[]) => Buffer.concat(parts).toString().replace(/\n$/, "");
		return { stdout: text(this.stdout), stderr: text(this.stderr) };
	}

	/** The error of a command that failed: the reason, the command, and all that it wrote. */
	async failure(reason: string, command: string): Promise<Error> {
		await this.finish();
		return new Error(`${reason}: running ${goQuote(command)}:\n${Buffer.concat(this.both).toString()}`);
	}
}

/** A string as Go's `%q` prints it. */
export function goQuote(text: string): string {
	const named: Record<string, string> = {
		"\x07": "\\a",
		"\b": "\\b",
		"\f": "\\f",
		"\n": "\\n",
		"\r": "\\r",
		"\t": "\\t",
		"\v": "\\v",
		"\\": "\\\\",
		'"': '\\"',
	};
	// Controls, separators, formats and unassigned characters are what Go does not call printable; a space is.
	const escaped = text.replace(/["\\]|(?! )[\p{C}\p{Z}]/gu, (c) => {
		const code = c.codePointAt(0) ?? 0;
		if (named[c]) return named[c];
		if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
		return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
	});
	return `"${escaped}"`;
}
