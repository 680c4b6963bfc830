import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain, type OperationResult, PulumiError, PulumiProject } from "../../toolchain";
import type { Wanted } from "./programs/distributions";

export type Distributions = Omit<Wanted, "kubeconfig">;

/** A stack of distributions and workloads, as a test lists them, in the cluster of a kubeconfig. */
export class DistributionStack {
	private constructor(
		readonly project: PulumiProject,
		private readonly kubeconfig: string,
		private readonly stack: string,
	) {}

	static async make(kubeconfig: string, stack = "test"): Promise<DistributionStack> {
		const toolchain = await ensureToolchain();
		const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-distributions-"));
		const program = join(__dirname, "programs", "distributions");
		return new DistributionStack(new PulumiProject({ toolchain, program, stateFolder }), kubeconfig, stack);
	}

	private options(wanted: Distributions, args: string[]) {
		// By a file: more than a megabyte of policy is too much for an environment variable.
		const file = join(this.project.stateFolder, "wanted.json");
		writeFileSync(file, JSON.stringify({ kubeconfig: this.kubeconfig, ...wanted }), { mode: 0o600 });
		return { stack: this.stack, args, env: { TEST_WANTED: file } };
	}

	up(wanted: Distributions, args: string[] = []): Promise<OperationResult> {
		return this.project.up(this.options(wanted, args));
	}

	preview(wanted: Distributions, args: string[] = []): Promise<OperationResult> {
		return this.project.preview(this.options(wanted, args));
	}

	/** What an operation that must fail printed. */
	async error(operation: Promise<OperationResult>): Promise<PulumiError> {
		const result = await operation.catch((error: unknown) => error);
		if (!(result instanceof PulumiError)) throw new Error(`it did not fail: ${JSON.stringify(result)}`);
		return result;
	}

	destroy(): Promise<OperationResult> {
		return this.project.destroy({ stack: this.stack });
	}

	outputs(): Promise<Record<string, unknown>> {
		return this.project.outputs(this.stack);
	}

	async state(): Promise<string> {
		return JSON.stringify(await this.project.exportState(this.stack));
	}

	remove(): void {
		rmSync(this.project.stateFolder, { recursive: true, force: true });
	}
}

/** What was done to each object that was not left as it is: `["update profiles-loader", …]`, sorted. */
export function operations({ steps }: Pick<OperationResult, "steps">): string[] {
	return steps
		.filter(({ op, urn }) => op !== "same" && /kubernetes:[^:]+:[^:$]+::[^:]+$/.test(urn))
		.map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`)
		.sort();
}
