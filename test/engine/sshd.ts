import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ensureSystemPackages, type SystemNeed, systemPath } from "../../setup/packages";

/** What tests that start a server need from the machine. */
export const sshdPackages: SystemNeed[] = [
	{ command: "sshd", package: "openssh-server" },
	{ command: "ssh-keygen", package: "openssh-client" },
];

/** A real OpenSSH server on a loopback port, which lets this process' own user log in by key. */
export interface Sshd {
	host: string;
	port: number;
	user: string;
	/** The user's private key, in OpenSSH's format. */
	privateKey: string;
	/** The server's public key, as in known_hosts without the host name. */
	hostKey: string;
	/** All that the server has logged so far. */
	log(): string;
	/** How often the user has logged in so far. The log itself may still grow by the end of an earlier session. */
	logins(): number;
	/** Ends the server and every session on it, and removes its files. */
	stop(): Promise<void>;
}

/**
 * Starts a server with sshd's defaults; `config` lines (sshd_config) come first and therefore win. `within` is
 * a command that the server runs under, such as unshare(1).
 */
export async function startSshd(config: string[] = [], within: string[] = []): Promise<Sshd> {
	await ensureSystemPackages(sshdPackages);
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-sshd-"));
	const file = (name: string) => join(folder, name);
	for (const name of ["host_key", "user_key"]) {
		await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)], { stdin: "ignore" });
	}
	const port = await freePort();
	// sshd wants this folder even though nothing is ever put there.
	if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
	writeFileSync(
		file("sshd_config"),
		[
			...config,
			"ListenAddress 127.0.0.1",
			`Port ${port}`,
			`HostKey ${file("host_key")}`,
			`AuthorizedKeysFile ${file("user_key.pub")}`,
			"PidFile none",
			"UsePAM no",
			"PasswordAuthentication no",
			"PermitRootLogin prohibit-password",
			// A home of its own: what this user's shell does at every login has no part in a test.
			`SetEnv "HOME=${folder}"`,
			// The folder lies below /tmp, which everyone may write to.
			"StrictModes no",
			"",
		].join("\n"),
	);
	const { stdout: sshd } = await execa("sh", ["-c", "command -v sshd"], { env: { PATH: systemPath } });
	// setpriv ends it with this process, however that ends.
	const server = spawn("setpriv", ["--pdeathsig", "TERM", ...within, sshd, "-D", "-e", "-f", file("sshd_config")], {
		stdio: ["ignore", "ignore", "pipe"],
		// A group of its own, so that its sessions can be ended with it.
		detached: true,
	});
	let log = "";
	server.stderr.on("data", (data: Buffer) => {
		log += data.toString();
	});
	const stop = async () => {
		await end(server);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await answers(port, server, () => log);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		host: "127.0.0.1",
		port,
		user: userInfo().username,
		privateKey: readFileSync(file("user_key"), "utf8"),
		hostKey: readFileSync(file("host_key.pub"), "utf8").split(" ").slice(0, 2).join(" "),
		log: () => log,
		logins: () => log.match(/^Accepted publickey /gm)?.length ?? 0,
		stop,
	};
}

/** A loopback port on which nothing listens just now. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

async function answers(port: number, server: ChildProcess, log: () => string): Promise<void> {
	for (let waited = 0; waited < 60_000; waited += 50) {
		if (server.exitCode !== null) throw new Error(`sshd ended with status ${server.exitCode}:\n${log()}`);
		if (await accepts(port)) return;
		await sleep(50);
	}
	throw new Error(`sshd does not answer on port ${port}:\n${log()}`);
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

async function end(server: ChildProcess): Promise<void> {
	if (server.pid === undefined || server.exitCode !== null) return;
	const ended = new Promise((resolve) => server.once("exit", resolve));
	process.kill(-server.pid, "SIGTERM");
	await ended;
}
