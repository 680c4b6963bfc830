import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { ensureSystemPackages } from "../../setup/packages";
import { type AgentProgram, agentScript, deliveredScript, endOfPolicy } from "../../src/agent/agent";
import { agentTestPackages } from "./packages";

/** The shells that /bin/sh is somewhere. */
export const shells = ["dash", "bash --posix", "busybox sh"] as const;
export type Shell = (typeof shells)[number];

const fakes = path.join(__dirname, "fake");

/** Makes sure of the packages, for who runs one file of tests alone. */
export const prepare = () => ensureSystemPackages(agentTestPackages);

/** A policy of the profile `name`, as the fake parser and the real one read it. */
export function policy(name: string, mode: string, body = "/opt/** r,", ...children: string[]): string {
	return [
		`profile ${name} /opt/${name} flags=(${mode}) {`,
		...body.split("\n").map((line) => `  ${line}`),
		...children.map((child) => `  profile ${child} { /x r, }`),
		"}",
		endOfPolicy,
		"",
	].join("\n");
}

export interface Run {
	status: number | undefined;
	stdout: string;
	stderr: string;
	/** Stdout as JSON, where it is. */
	// biome-ignore lint/suspicious/noExplicitAny: each command answers something else
	json: any;
}

/** A host that is but a folder: its own /etc, /var, /run, /proc, and a kernel that the fake parser keeps. */
export class Host {
	readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "agent host-"));
	readonly kernel = path.join(this.root, "kernel");
	/** Environment of every run, on top of the fakes. */
	env: Record<string, string> = {};

	constructor(readonly shell: Shell = "dash") {
		for (const folder of ["etc/apparmor.d/abi", "etc/apparmor.d/disable", "proc", "units", "kernel/apparmor"])
			this.folder(folder);
		for (const abi of ["3.0", "kernel-5.4-vanilla"]) this.write(`etc/apparmor.d/abi/${abi}`, "");
		this.write("etc/os-release", 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
		this.write("sys/module/apparmor/parameters/enabled", "Y\n");
		this.write("kernel/apparmor/profiles", "other (enforce)\nother//child (enforce)\nmyapp2 (complain)\n");
		this.bring("host");
	}

	/** Puts a program of the agent here: busybox runs it as it is delivered, the others as it is written. */
	protected bring(program: AgentProgram): void {
		this.write(`${program}.sh`, this.shell === "busybox sh" ? deliveredScript(program) : agentScript(program));
	}

	path(...parts: string[]): string {
		return path.join(this.root, ...parts);
	}

	folder(name: string): string {
		fs.mkdirSync(this.path(name), { recursive: true });
		return this.path(name);
	}

	write(name: string, text: string | Buffer): void {
		this.folder(path.dirname(name));
		fs.writeFileSync(this.path(name), text);
	}

	/** The text of a file, or undefined where there is none. */
	read(name: string): string | undefined {
		return fs.existsSync(this.path(name)) ? fs.readFileSync(this.path(name), "utf8") : undefined;
	}

	environment(): Record<string, string> {
		return {
			AGENT_ROOT: this.root,
			AGENT_SECURITYFS: this.kernel,
			AGENT_PARSER: path.join(fakes, "apparmor_parser"),
			AGENT_UNLOADER: path.join(fakes, "unload"),
			AGENT_SYSTEMCTL: path.join(fakes, "systemctl"),
			FAKE_KERNEL: this.kernel,
			FAKE_UNITS: this.path("units"),
			...this.env,
		};
	}

	run(args: string[], input = "", options: Record<string, unknown> = {}): Promise<Run> {
		return this.runProgram("host", args, input, options);
	}

	protected async runProgram(
		program: AgentProgram,
		args: string[],
		input = "",
		options: Record<string, unknown> = {},
	): Promise<Run> {
		const [file, ...shellArgs] = this.shell.split(" ");
		const result = await execa(file as string, [...shellArgs, this.path(`${program}.sh`), ...args], {
			input,
			reject: false,
			env: this.environment(),
			// Its own process group, so that a test can cut it off with all that it started.
			detached: true,
			...options,
		});
		const stdout = String(result.stdout ?? "");
		let json: Run["json"];
		try {
			json = JSON.parse(stdout);
		} catch {
			json = undefined;
		}
		return { status: result.exitCode, stdout, stderr: String(result.stderr ?? ""), json };
	}

	apply(name: string, mode: string, text: string, ...options: string[]): Promise<Run> {
		return this.runProgram("host", ["apply", name, "--owner", "org/app/dev", "--mode", mode, ...options], text);
	}

	remove(name: string, owner = "org/app/dev"): Promise<Run> {
		return this.run(["remove", name, "--owner", owner]);
	}

	policyFile(name: string): string | undefined {
		return this.read(`etc/apparmor.d/${name}`);
	}

	/** The loaded profiles that are `name` or its children, as the kernel shows them. */
	loaded(name: string): string[] {
		const lines = (this.read("kernel/apparmor/profiles") ?? "").split("\n");
		return lines.filter((line) => line.startsWith(`${name} (`) || line.startsWith(`${name}//`)).sort();
	}

	/** The policy that the kernel has of `name`. */
	loadedPolicy(name: string): string | undefined {
		return this.read(`kernel/loaded/${name}`);
	}

	/** Every file that the agent may change, with what it holds: the same twice means that nothing was changed. */
	snapshot(): Record<string, string> {
		const found: Record<string, string> = {};
		for (const top of ["etc", "var", "run", "usr", "kernel/apparmor", "kernel/loaded"]) {
			if (!fs.existsSync(this.path(top))) continue;
			for (const entry of fs.readdirSync(this.path(top), { recursive: true, withFileTypes: true })) {
				const file = path.join(entry.parentPath, entry.name);
				const name = path.relative(this.root, file);
				if (entry.isSymbolicLink()) found[name] = `-> ${path.relative(this.root, fs.readlinkSync(file))}`;
				else if (entry.isFile()) found[name] = fs.readFileSync(file, "utf8");
			}
		}
		return found;
	}

	process(pid: number, exe: string, label: string, comm = path.basename(exe), argv: string[] = [exe]): void {
		this.write(`proc/${pid}/attr/current`, `${label}\n`);
		this.write(`proc/${pid}/comm`, `${comm}\n`);
		this.write(`proc/${pid}/cmdline`, argv.map((word) => `${word}\0`).join(""));
		fs.symlinkSync(exe, this.path(`proc/${pid}/exe`));
	}

	/** A systemd unit whose main process is `pid`. */
	unit(name: string, files: Record<string, string>): void {
		this.folder(`units/${name}`);
		for (const [file, text] of Object.entries(files)) this.write(`units/${name}/${file}`, text);
	}

	remains(): string[] {
		return Object.keys(this.snapshot()).filter((name) => name.includes("pulumi-apparmor"));
	}

	destroy(): void {
		fs.rmSync(this.root, { recursive: true, force: true });
	}
}

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
