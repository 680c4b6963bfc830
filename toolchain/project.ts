import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { passphraseFile } from "./environment";
import { type Events, readEvents } from "./events";
import type { Toolchain } from "./toolchain";

export interface ProjectOptions {
	toolchain: Toolchain;
	/** The folder with Pulumi.yaml; nothing is written to it. */
	program: string;
	/** Where this project's stacks, passphrase and copies of stack configuration are kept. */
	stateFolder: string;
	env?: NodeJS.ProcessEnv;
}

export interface OperationOptions {
	stack: string;
	/** The stack's configuration; else the program's own `Pulumi.STACK.yaml`, if it has one. */
	configFile?: string;
	/** More arguments for `pulumi`. */
	args?: string[];
	env?: NodeJS.ProcessEnv;
	/** Shows what `pulumi` prints as it comes, beside returning it. */
	show?: boolean;
	signal?: AbortSignal;
}

export interface OperationResult extends Events {
	stdout: string;
	stderr: string;
}

/** `pulumi` failed. What it printed is kept; the message has its errors. */
export class PulumiError extends Error {
	override name = "PulumiError";

	constructor(
		readonly command: string,
		readonly exitCode: number | undefined,
		readonly stdout: string,
		readonly stderr: string,
		readonly events: Events,
	) {
		const errors = events.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
		const printed = (stderr.trim() || stdout.trim()).split("\n").slice(-30).join("\n");
		const ended = exitCode === undefined ? "a signal" : `status ${exitCode}`;
		super(`${command} ended with ${ended}:\n${errors.join("\n") || printed}`);
	}
}

interface StackConfig {
	config?: Record<string, unknown>;
	[key: string]: unknown;
}

const noEvents: Events = { summary: {}, steps: [], diagnostics: [] };

/** A Pulumi project whose stacks live in a folder of their own, run with the real CLI. */
export class PulumiProject {
	private readonly program: string;
	/** A copy of Pulumi.yaml and the stacks' configuration: `pulumi` writes into the latter. */
	private readonly settings: string;
	readonly stateFolder: string;
	readonly env: NodeJS.ProcessEnv;

	constructor(private readonly options: ProjectOptions) {
		this.program = resolve(options.program);
		this.stateFolder = resolve(options.stateFolder);
		this.settings = join(this.stateFolder, "project");
		const backend = join(this.stateFolder, "stacks");
		for (const folder of [this.settings, backend]) mkdirSync(folder, { recursive: true, mode: 0o700 });
		copyFileSync(join(this.program, "Pulumi.yaml"), join(this.settings, "Pulumi.yaml"));
		const { PULUMI_CONFIG_PASSPHRASE: _, ...inherited } = options.toolchain.env();
		this.env = {
			...inherited,
			PULUMI_BACKEND_URL: pathToFileURL(backend).href,
			PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(this.stateFolder),
			...options.env,
		};
	}

	/** Makes the stack unless it is there. */
	async stackInit(stack: string, configFile?: string): Promise<void> {
		this.copyConfig(stack, configFile);
		const listed = await this.run(["stack", "ls", "--json"]);
		const names = (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name);
		if (!names.includes(stack)) await this.run(["stack", "init", stack, "--no-select"]);
	}

	/** Sets one value of the stack's configuration, in this project's copy of it. */
	async setConfig(stack: string, key: string, value: string, { secret = false, path = false } = {}): Promise<void> {
		const flags = ["--stack", stack, secret ? "--secret" : "--plaintext", ...(path ? ["--path"] : [])];
		await this.run(["config", "set", ...flags, key], { input: value });
	}

	up(options: OperationOptions): Promise<OperationResult> {
		return this.operate(["up", "--yes", "--skip-preview"], options);
	}

	preview(options: OperationOptions): Promise<OperationResult> {
		return this.operate(["preview"], options);
	}

	refresh(options: OperationOptions): Promise<OperationResult> {
		return this.operate(["refresh", "--yes", "--skip-preview"], options);
	}

	destroy(options: OperationOptions): Promise<OperationResult> {
		return this.operate(["destroy", "--yes", "--skip-preview"], options);
	}

	/** The stack's state as it is stored, secrets encrypted. */
	async exportState(stack: string): Promise<unknown> {
		return JSON.parse((await this.run(["stack", "export", "--stack", stack])).stdout);
	}

	/** The stack's outputs, secrets revealed. */
	async outputs(stack: string): Promise<Record<string, unknown>> {
		const { stdout } = await this.run(["stack", "output", "--json", "--show-secrets", "--stack", stack]);
		return JSON.parse(stdout) as Record<string, unknown>;
	}

	/** Any other command of the CLI, run where this project's settings are. */
	async run(
		args: string[],
		{ input = "", env = {} as NodeJS.ProcessEnv } = {},
	): Promise<{ stdout: string; stderr: string }> {
		const { stdout, stderr } = await this.execute(args, { cwd: this.settings, input, env });
		return { stdout, stderr };
	}

	private async operate(command: string[], options: OperationOptions): Promise<OperationResult> {
		const { stack, configFile, args = [], env = {}, show = false, signal } = options;
		await this.ensureStack(stack, configFile);
		const folder = mkdtempSync(join(tmpdir(), "pulumi-events-"));
		const eventLog = join(folder, "events.jsonl");
		const settings = ["--stack", stack, "--config-file", this.configPath(stack), "--event-log", eventLog];
		try {
			const printed = await this.execute([...command, ...settings, ...args], {
				cwd: this.program,
				// The flag for the event log is there only for those who debug.
				env: { PULUMI_DEBUG_COMMANDS: "true", ...env },
				show,
				signal,
				events: () => (existsSync(eventLog) ? readEvents(eventLog) : noEvents),
			});
			return printed;
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}

	private readonly initialised = new Set<string>();

	private async ensureStack(stack: string, configFile?: string): Promise<void> {
		if (this.initialised.has(stack)) this.copyConfig(stack, configFile);
		else await this.stackInit(stack, configFile);
		this.initialised.add(stack);
	}

	private configPath(stack: string): string {
		return join(this.settings, `Pulumi.${stack}.yaml`);
	}

	/** Brings the copy up to date with its original; what was set in the copy, and its encryption salt, stay. */
	private copyConfig(stack: string, configFile = join(this.program, `Pulumi.${stack}.yaml`)): void {
		if (!existsSync(configFile)) return;
		const read = (file: string) => (parse(readFileSync(file, "utf8")) ?? {}) as StackConfig;
		const original = read(configFile);
		const copy = existsSync(this.configPath(stack)) ? read(this.configPath(stack)) : {};
		const merged = { ...copy, ...original, config: { ...copy.config, ...original.config } };
		writeFileSync(this.configPath(stack), stringify(merged), { mode: 0o600 });
	}

	private async execute(
		args: string[],
		options: {
			cwd: string;
			env?: NodeJS.ProcessEnv;
			input?: string;
			show?: boolean;
			signal?: AbortSignal;
			events?: () => Events;
		},
	): Promise<OperationResult> {
		const output = options.show ? (["pipe", "inherit"] as const) : (["pipe"] as const);
		const result = await execa(
			this.options.toolchain.pulumi,
			[...args, "--non-interactive", ...(options.show ? [] : ["--color", "never"])],
			{
				cwd: options.cwd,
				env: { ...this.env, ...options.env },
				extendEnv: false,
				input: options.input ?? "",
				stdout: [...output],
				stderr: [...output],
				reject: false,
				cancelSignal: options.signal,
				forceKillAfterDelay: 30_000,
			},
		);
		const events = options.events?.() ?? noEvents;
		const [stdout, stderr] = [String(result.stdout), String(result.stderr)];
		if (result.failed) {
			throw new PulumiError(
				`pulumi ${args.join(" ")}`,
				result.exitCode,
				stdout,
				stderr || String(result.message),
				events,
			);
		}
		return { stdout, stderr, ...events };
	}
}
