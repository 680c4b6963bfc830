import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { SandboxHost } from "../../sandbox";
import { sshArguments } from "../../sandbox/ssh";
import { tiedToThisProcess } from "../../sandbox/tie";

/**
 * Prints a line "NAME HASH UPTIME" for each profile with the prefix, and ".", whenever the kernel's policy has changed.
 * It does not poll: who reads "revision" again waits in the kernel until it has changed, so that a node at rest is one.
 */
const script = `
cd /sys/kernel/security/apparmor
exec 4<revision
while dd bs=64 count=1 status=none <&4 >/dev/null; do
	read -r uptime _ </proc/uptime
	for folder in policy/profiles/PREFIX*; do
		{ read -r name <"$folder/name" && read -r hash <"$folder/sha256" && echo "$name $hash $uptime"; } 2>/dev/null
	done
	echo .
done`;

interface Waiting {
	profile: string;
	/** The content that it must no longer have. */
	old: string | undefined;
	resolve: (seen: Seen) => void;
	reject: (error: Error) => void;
}

/** A profile's content in the kernel of a node. */
export interface Seen {
	node: SandboxHost;
	hash: string;
	/** When that was told here, in ms since 1970. */
	at: number;
	/** When the node told it, in its own seconds since its boot. */
	uptime: number;
}

/** Tells when the kernel of a node has a profile with other content, by the clock of this machine. */
export class LiveProfiles {
	private readonly hashes = new Map<string, Seen>();
	private waiting: Waiting[] = [];
	private readonly first: Promise<void>;

	private constructor(
		private readonly node: SandboxHost,
		private readonly ssh: ChildProcess,
	) {
		let said = "";
		ssh.stderr?.on("data", (text) => {
			said += text;
		});
		ssh.once("exit", () => this.end(new Error(`nobody watches the kernel of ${node.name} any more: ${said}`)));
		ssh.once("error", (error) => this.end(error));
		this.first = new Promise((resolve, reject) => {
			ssh.once("exit", () => reject(new Error(`the kernel of ${node.name} cannot be watched: ${said}`)));
			if (!ssh.stdout) throw new Error("ssh has no output");
			createInterface({ input: ssh.stdout }).on("line", (line) => {
				if (line === ".") resolve();
				else this.note(line);
			});
		});
	}

	/** Watches the profiles whose names start with a prefix, and knows what the node has of them now. */
	static async of(node: SandboxHost, prefix: string): Promise<LiveProfiles> {
		const command = script.replace("PREFIX", prefix);
		const [program, ...args] = tiedToThisProcess("TERM", ["ssh", ...sshArguments(node.sshTarget, "root"), command]);
		const ssh = spawn(program, args, {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const live = new LiveProfiles(node, ssh);
		await live.first;
		return live;
	}

	/** The content of a profile as it is now. */
	hash(profile: string): string | undefined {
		return this.hashes.get(profile)?.hash;
	}

	/** When the profile has other content than now; an error after so many seconds without. */
	changed(profile: string, withinSeconds: number): Promise<Seen> {
		const old = this.hash(profile);
		return new Promise((resolve, reject) => {
			const late = `${profile} on ${this.node.name} is still what it was after ${withinSeconds} s`;
			const timer = setTimeout(() => reject(new Error(late)), withinSeconds * 1000);
			const done = <Value>(settle: (value: Value) => void) => {
				return (value: Value) => {
					clearTimeout(timer);
					settle(value);
				};
			};
			this.waiting.push({ profile, old, resolve: done(resolve), reject: done(reject) });
		});
	}

	stop(): void {
		this.waiting = [];
		this.ssh.removeAllListeners("exit");
		this.ssh.kill();
	}

	private note(line: string): void {
		const at = Date.now();
		const [profile, hash, uptime] = line.split(" ") as [string, string, string];
		if (this.hash(profile) === hash) return;
		const seen = { node: this.node, hash, at, uptime: Number(uptime) };
		this.hashes.set(profile, seen);
		const isMet = (one: Waiting) => one.profile === profile && one.old !== hash;
		for (const one of this.waiting.filter(isMet)) one.resolve(seen);
		this.waiting = this.waiting.filter((one) => !isMet(one));
	}

	private end(error: Error): void {
		for (const one of this.waiting) one.reject(error);
		this.waiting = [];
	}
}
