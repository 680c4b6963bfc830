import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "../setup/progress";
import { type Identity, readIdentity } from "./identity";
import { consoleLog, qemuLog, startMachine } from "./machine";
import { identifyProcess, isAlive, killAndWait } from "./process";
import type { Release } from "./release";
import { type RunOptions, type RunResult, SshSession, type SshTarget, writeKnownHosts } from "./ssh";
import { type HostState, hostFolder, isInUse, readState, removeHost, writeState } from "./state";

const bootTimeoutMs = 300_000;
const shutdownTimeoutMs = 120_000;

export interface SandboxConnection {
	host: string;
	port: number;
	user: string;
	privateKey: string;
	hostKey: string;
}

const bootAttempts = 3;

/** The guest's kernel crashed while it booted. */
class KernelPanic extends Error {}

/** A throw-away host, running or powered off. */
export class SandboxHost {
	readonly name: string;
	readonly release: Release;
	readonly connection: SandboxConnection;
	readonly privateKeyFile: string;
	/** For OpenSSH's client; `sshArguments` makes its arguments. */
	readonly sshTarget: SshTarget;
	private readonly session: SshSession;

	/** Use `startHost` or `findHost`. `afterStop` is called once, when the host is gone. */
	constructor(
		private readonly state: HostState,
		identity: Identity,
		private readonly afterStop?: () => void,
	) {
		this.name = state.name;
		this.release = state.release;
		this.privateKeyFile = identity.privateKeyFile;
		const port = this.forwarded(22);
		this.connection = {
			host: "127.0.0.1",
			port,
			user: "root",
			privateKey: readFileSync(identity.privateKeyFile, "utf8"),
			hostKey: identity.hostKey,
		};
		const knownHostsFile = join(hostFolder(state.name), "known_hosts");
		writeKnownHosts(knownHostsFile, port, identity.hostKey);
		this.sshTarget = { port, privateKeyFile: this.privateKeyFile, knownHostsFile };
		this.session = new SshSession(this.sshTarget);
	}

	/** The port on 127.0.0.1 that leads to a port of the host. */
	forwarded(guestPort: number): number {
		const port = this.state.forwards[guestPort];
		if (port !== undefined) return port;
		throw new Error(
			`port ${guestPort} of ${this.name} is not forwarded: start it with forwards: [{ guest: ${guestPort} }]`,
		);
	}

	/** Runs a command by the login shell of `user`. */
	run(command: string, options?: RunOptions): Promise<RunResult> {
		return this.session.run(command, options);
	}

	/** Copies a file of this machine to the host, where it belongs to root. */
	async copyIn(localPath: string, remotePath: string, mode = "0644"): Promise<void> {
		const quoted = `'${remotePath.replaceAll("'", "'\\''")}'`;
		await this.run(`install -D -m ${mode} /dev/stdin ${quoted}`, { inputFile: localPath });
	}

	/**
	 * Shuts the host down in order and starts it again. (A guest that resets itself comes back too, but several
	 * times slower: QEMU keeps the code that it translated for the boot before, and stumbles over it.) What its
	 * kernel is told besides, such as "apparmor=0", is for later boots, too.
	 */
	async reboot(kernelArguments = this.state.kernelArguments): Promise<void> {
		await step(`Host ${this.name} reboots`, async () => {
			if (kernelArguments) this.state.kernelArguments = kernelArguments;
			this.hold();
			await this.run("systemctl poweroff", { reject: false });
			this.session.disconnect();
			await this.waitForEnd();
			await this.start();
		});
	}

	/** Cuts the power: what the host has not flushed to its disk is lost. */
	async powerOff(): Promise<void> {
		this.hold();
		this.session.disconnect();
		await killAndWait(this.state.qemu);
	}

	/** Gives the power back: the host boots from the disk as it was left. */
	async powerOn(): Promise<void> {
		if (isAlive(this.state.qemu)) throw new Error(`host ${this.name} is on already`);
		await step(`Host ${this.name} boots`, () => this.start());
	}

	/** Ends the host and removes everything of it. */
	async stop(): Promise<void> {
		this.session.close();
		await killAndWait(this.state.qemu);
		removeHost(this.name);
		this.afterStop?.();
	}

	/** `stop` for a process that is exiting and cannot wait. */
	stopNow(): void {
		this.session.close();
		removeHost(this.name);
	}

	/** Ends this process's connections; the host stays. */
	disconnect(): void {
		this.session.close();
	}

	/**
	 * Starts the machine and waits until it can be reached. Under emulation a guest's kernel crashes while it
	 * patches its own code at boot, now and then; it is then started again, as after a power cut.
	 */
	async boot(identity: Identity): Promise<void> {
		for (let attempt = 1; ; attempt++) {
			await startMachine(this.state, identity);
			try {
				return await this.waitForBoot();
			} catch (error) {
				if (!(error instanceof KernelPanic) || attempt === bootAttempts) throw error;
				await killAndWait(this.state.qemu);
				process.stderr.write(`\nhost ${this.name}: its kernel crashed while booting; starting it again\n`);
			}
		}
	}

	/**
	 * Waits until the host says on its console that it can be reached. Trying to connect instead would slow the
	 * boot down several times: QEMU's user network busy-loops on connections that nobody answers.
	 */
	async waitForBoot(): Promise<void> {
		const end = Date.now() + bootTimeoutMs;
		let log = "";
		while (Date.now() < end && !log.includes("Kernel panic")) {
			const on = isAlive(this.state.qemu);
			log = consoleLog(this.name);
			if (log.includes("sandbox host ready")) return;
			if (!on) throw new Error(`host ${this.name}: QEMU has ended\n${qemuLog(this.name)}\n${log.slice(-2000)}`);
			await sleep(100);
		}
		const Kind = log.includes("Kernel panic") ? KernelPanic : Error;
		throw new Kind(`host ${this.name} did not boot; its console ended with:\n${log.slice(-2000) || "(nothing)"}`);
	}

	/** A host that is off is one that this process still has; else it would pass for a stale one. */
	private hold(): void {
		this.state.owner = identifyProcess(process.pid);
		writeState(this.state);
	}

	private async start(): Promise<void> {
		if (this.state.keep) this.state.owner = undefined;
		await this.boot(readIdentity(hostFolder(this.name)));
	}

	private async waitForEnd(): Promise<void> {
		const end = Date.now() + shutdownTimeoutMs;
		while (isAlive(this.state.qemu)) {
			if (Date.now() > end) throw new Error(`host ${this.name} does not shut down`);
			await sleep(100);
		}
	}
}

/** A host that is running already, by its name. */
export function findHost(name: string): SandboxHost | undefined {
	const state = readState(name);
	return state && isInUse(state) ? new SandboxHost(state, readIdentity(hostFolder(name))) : undefined;
}
