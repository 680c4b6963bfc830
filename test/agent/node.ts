import * as fs from "node:fs";
import { constants } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { execa, execaSync, type ResultPromise } from "execa";
import { Host, policy, type Run, type Shell } from "./host";

/** What is declared of one profile; without a text, a policy that differs with `body`. */
export interface Declared {
	name: string;
	mode: string;
	body?: string;
	text?: string;
	gzip?: boolean;
}

export interface Loader {
	pid: number;
	/** Waits until the loader says that all is loaded. */
	ready(): Promise<void>;
	/** Asks it to end, and tells how long that took. */
	stop(): Promise<{ status: number | undefined; milliseconds: number }>;
	kill(): Promise<void>;
	/** How it ended by itself. */
	ended(): Promise<{ status: number | undefined; stderr: string }>;
	/** What it has said so far. */
	words(): string;
}

export const owner = "org/shop/dev/profiles";

const fakes = path.join(__dirname, "fake");

/** Kills a process and all that it started; it may have ended by itself. */
function killGroup(child: ResultPromise): void {
	try {
		process.kill(-(child.pid as number), "SIGKILL");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

/** A node that is but a folder: a host, with what the loader's pod sees of it; what runs in the pod is the loader. */
export class Node extends Host {
	private readonly loaders: ResultPromise[] = [];
	private readonly revision: number;

	constructor(shell: Shell = "dash") {
		super(shell);
		this.bring("loader");
		this.write("proc/sys/kernel/random/boot_id", "first-boot\n");
		this.write("proc/uptime", "1000.00 900.00\n");
		this.write("dev/termination-log", "");
		this.folder("run/pulumi-apparmor");
		execaSync("mkfifo", [this.path("kernel/apparmor/revision")]);
		// Held open, so that neither those who read nor those who write wait for another to open it.
		this.revision = fs.openSync(this.path("kernel/apparmor/revision"), constants.O_RDWR);
		this.env = {
			AGENT_OWNER: owner,
			NODE_NAME: "node-1",
			AGENT_UNUSED_SECONDS: "1",
			FAKE_TREE: path.join(fakes, "tree"),
			FAKE_CALLS: this.path("calls"),
		};
		this.tree();
	}

	/** Makes what the kernel shows of its profiles follow a changed list of them. */
	tree(): void {
		execaSync(path.join(fakes, "tree"), { env: this.environment() });
	}

	/** Fills the folder that Kubernetes mounts. */
	declare(...profiles: Declared[]): void {
		this.declareIn("declared", profiles);
	}

	private declareIn(folder: string, profiles: Declared[]): void {
		fs.rmSync(this.path(folder), { recursive: true, force: true });
		const lines = profiles.map(({ name, mode, body, text, gzip }) => {
			const words = text ?? policy(name, mode, body);
			const file = `${name}.profile${gzip ? ".gz" : ""}`;
			this.write(`${folder}/${file}`, gzip ? gzipSync(words) : words);
			return `${name}\t${mode}\tabc123\t${file}\n`;
		});
		this.write(`${folder}/declared`, lines.join(""));
	}

	/** The environment of a second pod on this node, which has declarations and a /run/pulumi-apparmor of its own. */
	secondPod(...profiles: Declared[]): Record<string, string> {
		this.folder("second/run");
		for (const top of ["etc", "var", "sys", "proc", "host", "dev"])
			fs.symlinkSync(this.folder(top), this.path("second", top));
		this.declareIn("second/declared", profiles);
		return { AGENT_ROOT: this.path("second") };
	}

	/** Runs a command of the loader. */
	override run(args: string[]): Promise<Run> {
		return this.runProgram("loader", args);
	}

	/** Starts `serve` in a new pod, or in one that is there. */
	serve(env: Record<string, string> = {}, pod: "new" | "old" = "new"): Loader {
		const root = env.AGENT_ROOT ?? this.root;
		const run = path.join(root, "run/pulumi-apparmor");
		if (pod === "new") fs.rmSync(run, { recursive: true, force: true });
		const [file, ...shellArgs] = this.shell.split(" ");
		fs.writeSync(this.revision, "1\n");
		const readySince = () => fs.statSync(`${run}/ready`, { bigint: true, throwIfNoEntry: false })?.ctimeNs;
		// A loader that was killed leaves this behind.
		const stale = readySince();
		const child = execa(file as string, [...shellArgs, this.path("loader.sh"), "serve", `${root}/declared`], {
			reject: false,
			env: { ...this.environment(), ...env },
			detached: true,
			stdin: "ignore",
		});
		this.loaders.push(child);
		let words = "";
		child.stderr.on("data", (chunk) => {
			words += chunk;
		});
		const end = async () => {
			const { exitCode, stderr } = await child;
			return { status: exitCode, stderr: String(stderr) };
		};
		return {
			pid: child.pid as number,
			ready: () =>
				this.until(
					() => ![undefined, stale].includes(readySince()),
					() => words,
				),
			stop: async () => {
				const start = performance.now();
				process.kill(child.pid as number, "SIGTERM");
				const { status } = await end();
				return { status, milliseconds: performance.now() - start };
			},
			kill: async () => {
				killGroup(child);
				await child;
			},
			ended: end,
			words: () => words,
		};
	}

	/** Waits for what comes soon; `words` tell, where it does not come. */
	async until(condition: () => boolean, words: () => string): Promise<void> {
		const end = Date.now() + 120_000;
		while (!condition()) {
			if (Date.now() > end) throw new Error(`it did not come in 2 minutes; the loader said:\n${words()}`);
			await sleep(20);
		}
	}

	/** Loads a policy as somebody else would. */
	async loadByHand(text: string): Promise<void> {
		this.write("by-hand", text);
		await execa(path.join(fakes, "apparmor_parser"), ["-r", this.path("by-hand")], {
			env: { ...this.environment(), FAKE_CALLS: "" },
		});
	}

	async unloadByHand(name: string): Promise<void> {
		await execa(path.join(fakes, "unload"), [name], { env: this.environment() });
	}

	/** A process of the node, as the loader sees it. */
	nodeProcess(pid: number, label: string): void {
		this.write(`host/proc/${pid}/task/${pid}/attr/current`, `${label}\n`);
	}

	/** What the loader tells of itself. */
	// biome-ignore lint/suspicious/noExplicitAny: read as JSON
	report(): any {
		return JSON.parse(this.read("run/pulumi-apparmor/status.json") ?? "null");
	}

	/** The calls of the parser, but for the one that asks whether it runs. */
	calls(): string[] {
		const calls = (this.read("calls") ?? "").split("\n").filter((call) => call !== "" && call !== "--version");
		fs.rmSync(this.path("calls"), { force: true });
		return calls;
	}

	/** What stands for the only owner in names of files. */
	ownerKey(): string {
		return fs.readdirSync(this.path("var/lib/pulumi-apparmor/loader/owners"))[0] as string;
	}

	/** Which of the only owner's loaders is in charge, and in what state. */
	inCharge(): string | undefined {
		return this.read(`var/lib/pulumi-apparmor/loader/owners/${this.ownerKey()}/instance`);
	}

	claims(): string[] {
		const folder = this.path("var/lib/pulumi-apparmor/loader/claims");
		return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
	}

	override destroy(): void {
		for (const loader of this.loaders) killGroup(loader);
		fs.closeSync(this.revision);
		super.destroy();
	}
}
