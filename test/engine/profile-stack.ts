import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationResult, Step } from "../../toolchain";
import { ensureToolchain, PulumiError, PulumiProject } from "../../toolchain";
import type { Wanted } from "./programs/profiles";

/** A stack of hosts and profiles, as a test lists them. */
export class ProfileStack {
	private constructor(
		readonly project: PulumiProject,
		readonly stack: string,
	) {}

	static async make(stack = "test"): Promise<ProfileStack> {
		const toolchain = await ensureToolchain();
		const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-profiles-"));
		const program = join(__dirname, "programs", "profiles");
		return new ProfileStack(new PulumiProject({ toolchain, program, stateFolder }), stack);
	}

	up(wanted: Wanted, args: string[] = []): Promise<OperationResult> {
		return this.project.up({ stack: this.stack, env: environment(wanted), args });
	}

	preview(wanted: Wanted, args: string[] = []): Promise<OperationResult> {
		return this.project.preview({ stack: this.stack, env: environment(wanted), args });
	}

	/** `up`, which must fail. */
	async upError(wanted: Wanted): Promise<PulumiError> {
		const result = await this.up(wanted).catch((error: unknown) => error);
		if (!(result instanceof PulumiError)) throw new Error(`up did not fail: ${JSON.stringify(result)}`);
		return result;
	}

	destroy(): Promise<OperationResult> {
		return this.project.destroy({ stack: this.stack });
	}

	async state(): Promise<string> {
		return JSON.stringify(await this.project.exportState(this.stack));
	}

	remove(): void {
		rmSync(this.project.stateFolder, { recursive: true, force: true });
	}
}

function environment(wanted: Wanted): NodeJS.ProcessEnv {
	return { TEST_WANTED: JSON.stringify(wanted) };
}

/** What was done to each command: "myapp@web-1" → "update". Untouched ones are left out. */
export function operations(steps: Step[]): Record<string, string> {
	const found: Record<string, string> = {};
	for (const { op, urn } of steps) {
		if (urn.includes("command:remote:Command") && op !== "same") found[urn.split("::").at(-1) as string] = op;
	}
	return found;
}
