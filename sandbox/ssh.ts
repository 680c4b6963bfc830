import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { tiedToThisProcess } from "./tie";

/** How to reach a host with OpenSSH's client. */
export interface SshTarget {
	port: number;
	privateKeyFile: string;
	knownHostsFile: string;
}

export interface RunOptions {
	/** What the command reads on stdin; nothing without. */
	input?: string | Uint8Array;
	/** A file of this machine that the command reads on stdin. */
	inputFile?: string;
	/** Who logs in: "root" without. */
	user?: string;
	/** Whether a command that fails is an error: true without. */
	reject?: boolean;
}

export interface RunResult {
	stdout: string;
	stderr: string;
	exitCode: number;
}

/** Writes the file that makes ssh accept this one key from the host. */
export function writeKnownHosts(file: string, port: number, hostKey: string): void {
	writeFileSync(file, `[127.0.0.1]:${port} ${hostKey}\n`);
}

/** ssh's arguments before the command; nothing of the user's own ssh settings takes part. */
export function sshArguments(target: SshTarget, user: string): string[] {
	const options = {
		BatchMode: "yes",
		IdentitiesOnly: "yes",
		IdentityFile: `"${target.privateKeyFile}"`,
		UserKnownHostsFile: `"${target.knownHostsFile}"`,
		GlobalKnownHostsFile: "/dev/null",
		StrictHostKeyChecking: "yes",
		LogLevel: "ERROR",
		ConnectTimeout: "30",
	};
	return [
		...["-F", "none", "-p", String(target.port), "-l", user],
		...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
		"127.0.0.1",
	];
}

interface Master {
	process: ChildProcess;
	/** The connection is there, or will not be. */
	settled: Promise<void>;
}

/** Runs commands on a host, all of one user over one connection: a new one costs a second under emulation. */
export class SshSession {
	private sockets: string | undefined;
	private readonly masters = new Map<string, Master>();

	constructor(private readonly target: SshTarget) {}

	async run(command: string, options: RunOptions = {}): Promise<RunResult> {
		const { user = "root", input, inputFile, reject = true } = options;
		await this.shareConnection(user);
		const args = ["-S", this.socket(user), ...sshArguments(this.target, user), command];
		const stdin = inputFile ? { inputFile } : { input: input ?? "" };
		const result = await execa("ssh", args, { ...stdin, reject: false, stripFinalNewline: false });
		const exitCode = result.exitCode ?? 255;
		if (exitCode !== 0 && reject) {
			const words = `${result.stdout}${result.stderr}`.trim();
			throw new Error(`on ${user}@127.0.0.1:${this.target.port}: exit code ${exitCode} of: ${command}\n${words}`);
		}
		return { stdout: String(result.stdout), stderr: String(result.stderr), exitCode };
	}

	/** Ends the connections; the next command makes new ones. Synchronous, for use while a process exits. */
	disconnect(): void {
		for (const master of this.masters.values()) master.process.kill("SIGKILL");
		this.masters.clear();
	}

	close(): void {
		this.disconnect();
		if (this.sockets) rmSync(this.sockets, { recursive: true, force: true });
		this.sockets = undefined;
	}

	/**
	 * Makes the connection that this user's commands share. Where that fails, a command makes one of its own,
	 * and so reports what is wrong.
	 */
	private shareConnection(user: string): Promise<void> {
		const running = this.masters.get(user);
		if (running && running.process.exitCode === null && running.process.signalCode === null) return running.settled;
		const socket = this.socket(user);
		rmSync(socket, { force: true });
		const command = ["ssh", "-M", "-N", "-S", socket, ...sshArguments(this.target, user)];
		// This process may be killed, and the host may be one that stays.
		const [program, ...args] = tiedToThisProcess("TERM", command);
		const child = spawn(program, args, { stdio: "ignore" });
		// Commands keep this process alive; a connection without one does not.
		child.unref();
		const settled = new Promise<void>((resolve) => {
			const poll = setInterval(() => existsSync(socket) && done(), 20);
			const done = () => {
				clearInterval(poll);
				resolve();
			};
			child.once("exit", done);
			child.once("error", done);
		});
		this.masters.set(user, { process: child, settled });
		return settled;
	}

	/** Not in the host's folder: a socket's path has to be short. */
	private socket(user: string): string {
		this.sockets ??= mkdtempSync(join(tmpdir(), "paa-ssh-"));
		return join(this.sockets, user);
	}
}
