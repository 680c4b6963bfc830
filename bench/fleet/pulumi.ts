import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureToolchain, type OperationResult, PulumiProject } from "../../toolchain";
import type { FleetHost } from "./hosts";
import { type ExportedState, type StateSize, stateSize } from "./state-size";
import type { Tool } from "./tool";
import type { Wanted } from "./work";

const stack = "fleet";

/** `pulumi up` of the program in program/, with the package as it is built. */
export class PulumiTool implements Tool {
	readonly name = "pulumi";
	private readonly file: string;

	private constructor(
		private readonly project: PulumiProject,
		private readonly hosts: FleetHost[],
		private readonly parallel: number | undefined,
	) {
		this.file = join(project.stateFolder, "wanted.json");
	}

	/** `parallel` is the CLI's flag of that name, and its default where there is none. */
	static async make(hosts: FleetHost[], stateFolder: string, parallel?: number): Promise<PulumiTool> {
		const toolchain = await ensureToolchain();
		const project = new PulumiProject({ toolchain, program: join(__dirname, "program"), stateFolder });
		return new PulumiTool(project, hosts, parallel);
	}

	async prepare(first: Wanted): Promise<void> {
		await this.project.preview(this.options(first));
	}

	async run(wanted: Wanted): Promise<number> {
		return changedHosts(await this.project.up(this.options(wanted)));
	}

	async destroy(): Promise<void> {
		await this.project.destroy({ stack });
	}

	async state(): Promise<StateSize> {
		const exported = (await this.project.exportState(stack)) as ExportedState;
		return stateSize(exported, statSync(this.stateFile()).size);
	}

	private options(wanted: Wanted) {
		const hosts = this.hosts.map(({ target }) => target);
		writeFileSync(this.file, JSON.stringify({ ...wanted, hosts }), { mode: 0o600 });
		const args = this.parallel === undefined ? [] : ["--parallel", String(this.parallel)];
		return { stack, args, env: { FLEET_WANTED: this.file } };
	}

	private stateFile(): string {
		const folder = join(this.project.stateFolder, "stacks");
		const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
		const found = files.find((file) => new RegExp(`stacks/.*\\b${stack}\\.json$`).test(file));
		if (!found) throw new Error(`there is no state of ${stack} in ${folder}`);
		return join(folder, found);
	}
}

/** A command's name ends with the host that it runs on. */
function changedHosts({ steps }: OperationResult): number {
	const changed = steps.filter(({ op, urn }) => op !== "same" && urn.includes("command:remote:Command::"));
	return new Set(changed.map(({ urn }) => urn.split("@").at(-1))).size;
}
