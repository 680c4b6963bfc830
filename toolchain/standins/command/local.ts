import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { ResourceLog } from "../engine-log";
import type { Bag, Value } from "../values";
import { archive, assets } from "./assets";
import { OutputCollector } from "./output";

/** The inputs of `command:local:Command`, without markers. */
export interface LocalInputs {
	interpreter?: string[];
	dir?: string;
	environment?: Record<string, string>;
	stdin?: string;
	logging?: string;
	addPreviousOutputInEnv?: boolean;
	assetPaths?: string[];
	archivePaths?: string[];
}

/** Runs a command on this machine; resolves to the outputs that it changes. */
export async function runLocal(
	command: string,
	inputs: LocalInputs,
	previous: Bag,
	log: ResourceLog,
	abort: AbortSignal,
): Promise<Bag> {
	const interpreter = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
	const directory = inputs.dir ?? process.cwd();
	const output = new OutputCollector(log, inputs.logging);
	const reason = await run(
		[...interpreter, command],
		directory,
		environment(inputs, previous),
		inputs.stdin ?? "",
		output,
		abort,
	);
	if (reason) throw await output.failure(reason, command);
	const result: Record<string, Value> = { ...(await output.finish()) };
	if (inputs.assetPaths) result.assets = assets(directory, inputs.assetPaths);
	if (inputs.archivePaths) result.archive = archive(directory, inputs.archivePaths);
	return result;
}

function environment(inputs: LocalInputs, previous: Bag): NodeJS.ProcessEnv {
	const withPrevious = inputs.addPreviousOutputInEnv ?? true;
	return {
		...process.env,
		...inputs.environment,
		...(withPrevious && previous.stdout ? { PULUMI_COMMAND_STDOUT: String(previous.stdout) } : {}),
		...(withPrevious && previous.stderr ? { PULUMI_COMMAND_STDERR: String(previous.stderr) } : {}),
	};
}

/** Resolves to why it failed, in the official plugin's words, or to nothing. */
function run(
	[program = "", ...args]: string[],
	cwd: string,
	env: NodeJS.ProcessEnv,
	stdin: string,
	output: OutputCollector,
	abort: AbortSignal,
): Promise<string | undefined> {
	return new Promise((resolve) => {
		const child = spawn(program, args, { cwd, env });
		const kill = () => child.kill("SIGKILL");
		abort.addEventListener("abort", kill, { once: true });
		child.stdout.on("data", (data: Buffer) => output.write("stdout", data));
		child.stderr.on("data", (data: Buffer) => output.write("stderr", data));
		// A command need not read what it is given.
		child.stdin.on("error", () => {});
		child.stdin.end(stdin);
		child.on("error", (error: NodeJS.ErrnoException) => {
			resolve(error.code === "ENOENT" ? notFound(program) : error.message);
		});
		child.on("close", (code, signal) => {
			abort.removeEventListener("abort", kill);
			if (signal) resolve(`signal: ${signalText(signal)}`);
			else resolve(code === 0 ? undefined : `exit status ${code}`);
		});
	});
}

const notFound = (program: string) =>
	program.includes("/")
		? `fork/exec ${program}: no such file or directory`
		: `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;

/** Go's names of the signals that end commands. */
function signalText(signal: NodeJS.Signals): string {
	const names: Partial<Record<NodeJS.Signals, string>> = {
		SIGHUP: "hangup",
		SIGINT: "interrupt",
		SIGQUIT: "quit",
		SIGABRT: "aborted",
		SIGKILL: "killed",
		SIGSEGV: "segmentation fault",
		SIGPIPE: "broken pipe",
		SIGALRM: "alarm clock",
		SIGTERM: "terminated",
	};
	return names[signal] ?? `signal ${constants.signals[signal]}`;
}
