import { styleText } from "node:util";

/** Where a command reads from and writes to: the process's own streams, or a test's. */
export interface Console {
	stdin: AsyncIterable<Uint8Array>;
	/** Data. */
	stdout: Output;
	/** Words: what a person should know beside the data. */
	stderr: Output;
	/** A person is waiting at the terminal that words go to. */
	interactive: boolean;
	/** A person sees the data on a terminal, where it can be drawn over. */
	terminal: boolean;
	/** Words may be coloured. */
	colour: boolean;
}

export interface Output {
	/** False where the reader is slower than this writer: `drained` tells when to go on. */
	write(text: string): boolean;
	drained(): Promise<void>;
}

type Style = Parameters<typeof styleText>[0];

/** Words in a colour where the console shows them. */
export function styled(console: Console, style: Style, text: string): string {
	return console.colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Text that came from a log, a policy or a file name, fit for a terminal: no control character acts. */
export function printable(text: string): string {
	return text.replace(/\p{Cc}/gu, (char) => `\\x${char.codePointAt(0)?.toString(16).padStart(2, "0")}`);
}
