import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain, type OperationResult, PulumiError, PulumiProject } from "../../toolchain";
import type { WantedObject } from "./programs/objects";

const stack = "test";

export interface ObjectOperation {
	args?: string[];
	/** Cancels the operation, as Ctrl-C does. */
	signal?: AbortSignal;
	/** Provider arguments over the stack's own. */
	provider?: Record<string, unknown>;
	env?: NodeJS.ProcessEnv;
}

/** A stack of Kubernetes objects, as a test lists them, in the cluster of a kubeconfig. */
export class ObjectStack {
	private constructor(
		readonly project: PulumiProject,
		private readonly provider: Record<string, unknown>,
	) {}

	/** @param provider the provider's arguments, the kubeconfig among them */
	static async make(provider: Record<string, unknown>): Promise<ObjectStack> {
		const program = join(__dirname, "programs", "objects");
		const toolchain = await ensureToolchain();
		const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-state-"));
		return new ObjectStack(new PulumiProject({ toolchain, program, stateFolder }), provider);
	}

	private options(objects: WantedObject[], { args = [], provider = {}, env = {}, signal }: ObjectOperation) {
		// A file, because an environment variable may not be as large as an object.
		const file = join(this.project.stateFolder, "objects.json");
		writeFileSync(file, JSON.stringify(objects), { mode: 0o600 });
		const settings = JSON.stringify({ ...this.provider, ...provider });
		return { stack, args, ...(signal ? { signal } : {}), env: { TEST_OBJECTS: file, TEST_PROVIDER: settings, ...env } };
	}

	up(objects: WantedObject[], operation: ObjectOperation = {}): Promise<OperationResult> {
		return this.project.up(this.options(objects, operation));
	}

	preview(objects: WantedObject[], operation: ObjectOperation = {}): Promise<OperationResult> {
		return this.project.preview(this.options(objects, operation));
	}

	/** `up`, which must fail. */
	async upError(objects: WantedObject[], operation: ObjectOperation = {}): Promise<PulumiError> {
		const result = await this.up(objects, operation).catch((error: unknown) => error);
		if (!(result instanceof PulumiError))
			throw new Error(`up did not fail: ${operations(result as OperationResult).join(", ")}`);
		return result;
	}

	refresh(): Promise<OperationResult> {
		return this.project.refresh({ stack });
	}

	destroy(operation: Pick<ObjectOperation, "env"> = {}): Promise<OperationResult> {
		return this.project.destroy({ stack, ...operation });
	}

	outputs(): Promise<Record<string, unknown>> {
		return this.project.outputs(stack);
	}

	/** A resource in the state as it is stored, secrets encrypted. */
	async stored(name: string): Promise<StoredResource> {
		const state = (await this.project.exportState(stack)) as { deployment: { resources?: StoredResource[] } };
		const found = state.deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
		if (!found) throw new Error(`the state has no resource ${name}`);
		return found;
	}

	remove(): void {
		rmSync(this.project.stateFolder, { recursive: true, force: true });
	}
}

export interface StoredResource {
	urn: string;
	type: string;
	id: string;
	inputs: Record<string, unknown>;
	outputs: Record<string, unknown>;
	initErrors?: string[];
}

/** The operations on objects, without the stack and the provider: `["update a", …]`. */
export function operations(result: OperationResult | PulumiError): string[] {
	const { steps } = result instanceof PulumiError ? result.events : result;
	return steps
		.filter(({ urn }) => /::kubernetes:[^:]+:[^:]+::/.test(urn))
		.map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
}
