import type { Console, Output } from "../../src/cli/console";
import { run } from "../../src/cli/program";

/** What one command line came to. */
export interface Ran {
	code: number;
	stdout: string;
	stderr: string;
}

/** Runs a command line as the program does, in this process. */
export async function cli(args: string[], stdin: string | Uint8Array = "", more: Partial<Console> = {}): Promise<Ran> {
	const ran: Ran = { code: 0, stdout: "", stderr: "" };
	const output = (stream: "stdout" | "stderr"): Output => ({
		write: (text) => {
			ran[stream] += text;
			return true;
		},
		drained: async () => {},
	});
	const input = (async function* () {
		if (stdin.length > 0) yield Buffer.from(stdin);
	})();
	ran.code = await run(args, {
		stdin: input,
		stdout: output("stdout"),
		stderr: output("stderr"),
		interactive: false,
		terminal: false,
		colour: false,
		...more,
	});
	return ran;
}
