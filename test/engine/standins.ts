import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain, type OperationResult, PulumiError, PulumiProject } from "../../toolchain";
import type { WantedCommand } from "./programs/commands";
import type { Sshd } from "./sshd";

const stack = "test";

/** A stack of commands, as a test lists them; the engine, the language host and the plugin are those of the machine. */
export class CommandStack {
	/** A folder of the test's own, which goes with the stack. */
	readonly folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-commands-"));
	private constructor(readonly project: PulumiProject) {}

	static async make(): Promise<CommandStack> {
		const program = join(__dirname, "programs", "commands");
		const toolchain = await ensureToolchain();
		const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-state-"));
		return new CommandStack(new PulumiProject({ toolchain, program, stateFolder }));
	}

	private options(commands: WantedCommand[], args: string[], env: NodeJS.ProcessEnv) {
		return { stack, args, env: { TEST_COMMANDS: JSON.stringify(commands), ...env } };
	}

	up(commands: WantedCommand[], { args = [] as string[], env = {} as NodeJS.ProcessEnv } = {}) {
		return this.project.up(this.options(commands, args, env));
	}

	preview(commands: WantedCommand[]) {
		return this.project.preview(this.options(commands, [], {}));
	}

	/** `up`, which must fail. */
	async upError(commands: WantedCommand[], options: { args?: string[]; env?: NodeJS.ProcessEnv } = {}) {
		const result = await this.up(commands, options).catch((error: unknown) => error);
		if (!(result instanceof PulumiError)) throw new Error(`up did not fail: ${JSON.stringify(result)}`);
		return result;
	}

	destroy(): Promise<OperationResult> {
		return this.project.destroy({ stack });
	}

	async state(): Promise<State> {
		return (await this.project.exportState(stack)) as State;
	}

	outputs(): Promise<Record<string, unknown>> {
		return this.project.outputs(stack);
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
		rmSync(this.project.stateFolder, { recursive: true, force: true });
	}
}

interface State {
	deployment: { resources: StateResource[] };
}
interface StateResource {
	urn: string;
	type: string;
	id?: string;
	inputs: Record<string, unknown>;
	outputs: Record<string, unknown>;
}

/** How to reach a server, as an argument of a command. */
export function connectionTo({ host, port, user, privateKey, hostKey }: Sshd) {
	return { host, port, user, privateKey, hostKey };
}

/** The operations on commands, without the stack and the provider: `["update a", …]`. */
export function operations(result: OperationResult): string[] {
	return result.steps
		.filter(({ urn }) => /::command:(remote|local):Command::/.test(urn))
		.map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
}

/** All that the engine printed and reported. */
export const everythingSaid = (result: OperationResult | PulumiError) =>
	[
		result.stdout,
		result.stderr,
		JSON.stringify(result instanceof PulumiError ? result.events : [result.steps, result.diagnostics]),
	].join("\n");
