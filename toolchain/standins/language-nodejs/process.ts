import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Where a module of the Pulumi SDK lies: the program's own copy, else that of this checkout. */
export function locateSdkModule(module: string, programFolder: string): string {
	for (const folder of [programFolder, process.env.PULUMI_APPARMOR_CHECKOUT]) {
		if (!folder) continue;
		try {
			return createRequire(join(folder, "program.js")).resolve(module);
		} catch {
			// Not there: the next folder may have it.
		}
	}
	throw new Error(
		`the Pulumi SDK (@pulumi/pulumi) is not installed in ${programFolder} nor above it. Run npm install there.`,
	);
}

export interface Exit {
	code: number | null;
	signal: NodeJS.Signals | null;
}

/** Runs Node with these arguments, handing on its output as it comes; `abort` interrupts it, then kills it. */
export function runNode(
	args: string[],
	options: {
		cwd?: string;
		env: NodeJS.ProcessEnv;
		abort: AbortSignal;
		stdout: (data: Buffer) => void;
		stderr: (data: Buffer) => void;
	},
): Promise<Exit> {
	return new Promise((resolve, reject) => {
		const child = spawn("node", args, {
			cwd: options.cwd,
			env: options.env,
			stdio: ["ignore", "pipe", "pipe"],
		});
		child.stdout.on("data", options.stdout);
		child.stderr.on("data", options.stderr);
		const stop = () => {
			child.kill("SIGINT");
			setTimeout(() => child.kill("SIGKILL"), 5000).unref();
		};
		options.abort.addEventListener("abort", stop, { once: true });
		const killWithUs = () => child.kill("SIGKILL");
		process.once("exit", killWithUs);
		child.on("error", reject);
		child.on("close", (code, signal) => {
			options.abort.removeEventListener("abort", stop);
			process.removeListener("exit", killWithUs);
			resolve({ code, signal });
		});
	});
}
