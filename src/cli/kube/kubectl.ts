import { spawn } from "node:child_process";
import { UserError } from "../exit";

/** Which cluster is asked, in kubectl's own options; what is left out is as kubectl has it by default. */
export interface ClusterChoice {
	kubeconfig?: string;
	context?: string;
}

/** What one run of kubectl came to. */
export interface KubectlResult {
	/** Undefined: it was stopped because it took too long. */
	code: number | undefined;
	stdout: string;
	stderr: string;
}

export interface KubectlOptions {
	timeoutMs: number;
	/** Ends it. */
	signal?: AbortSignal;
	/** A login plugin may ask the person at the terminal. */
	mayAsk?: true;
}

/**
 * Runs the person's own kubectl, with the logins and contexts that they have.
 *
 * @throws UserError where there is none.
 */
export function kubectl(choice: ClusterChoice, args: string[], options: KubectlOptions): Promise<KubectlResult> {
	const { timeoutMs, signal, mayAsk } = options;
	const all = [
		...(choice.kubeconfig === undefined ? [] : ["--kubeconfig", choice.kubeconfig]),
		...(choice.context === undefined ? [] : ["--context", choice.context]),
		...args,
	];
	return new Promise((resolve, reject) => {
		if (signal?.aborted) {
			resolve({ code: undefined, stdout: "", stderr: "" });
			return;
		}
		const child = spawn("kubectl", all, { stdio: [mayAsk ? "inherit" : "ignore", "pipe", "pipe"] });
		const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
		for (const stream of ["stdout", "stderr"] as const)
			child[stream].on("data", (chunk: Buffer) => output[stream].push(chunk));
		let stopped = false;
		const stop = () => {
			stopped = true;
			child.kill("SIGKILL");
			// A login plugin that outlives it would hold these open.
			child.stdout.destroy();
			child.stderr.destroy();
		};
		const timer = setTimeout(stop, timeoutMs);
		signal?.addEventListener("abort", stop);
		const done = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", stop);
		};
		child.on("error", (error: NodeJS.ErrnoException) => {
			done();
			reject(new UserError(notStarted(error)));
		});
		child.on("close", (code) => {
			done();
			const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
			// Without a code it was ended by someone else's signal.
			resolve({ code: stopped ? undefined : (code ?? 1), stdout: text(output.stdout), stderr: text(output.stderr) });
		});
	});
}

function notStarted({ code, message }: NodeJS.ErrnoException): string {
	if (code === "ENOENT")
		return "kubectl is not in PATH: the cluster is asked through it, with your contexts and logins; install it (https://kubernetes.io/docs/tasks/tools)";
	return `kubectl cannot be started: ${code === "EACCES" ? "this user may not run it" : message}`;
}
