/**
 * API objects and bytes a profile, as profiles grow to 1,000: with the real CLI and a real API server, without nodes.
 * `npm run bench:cluster-objects -- [--profiles 1,10,100,1000]`.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { exitOnSignals } from "../../sandbox/interrupt";
import { step } from "../../setup/progress";
import { loaderName } from "../../src/cluster/status-place";
import { ensureToolchain, PulumiProject } from "../../toolchain";
import { type LiveObject, type Size, sizeOf } from "./size";
import { profilesOf, writeWanted } from "./wanted";

const stack = "bench";

interface Measured extends Size {
	profiles: number;
	/** Seconds of the whole command: everything made, one policy changed, nothing to do. */
	seconds: { first: number; change: number; again: number };
	/** Steps of the change. */
	changed: number;
	/** Bytes of the stack's state. */
	state: number;
}

async function measure(plane: ControlPlane, profiles: number): Promise<Measured> {
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-bench-cluster-"));
	const toolchain = await ensureToolchain();
	const project = new PulumiProject({ toolchain, program: join(__dirname, "program"), stateFolder: folder });
	const up = async (changed?: number) => {
		const wanted = { kubeconfig: plane.kubeconfigText, profiles: profilesOf(profiles, changed) };
		const env = writeWanted(join(folder, "wanted.json"), wanted);
		const start = performance.now();
		const { steps } = await project.up({ stack, env });
		return { seconds: (performance.now() - start) / 1000, steps: steps.filter(({ op }) => op !== "same") };
	};
	try {
		return await step(`${profiles} profiles`, async (report) => {
			report("made");
			const first = await up();
			const size = sizeOf(await objects(plane));
			report("one changed");
			const change = await up(0);
			report("again");
			const again = await up(0);
			if (again.steps.length > 0) throw new Error(`a second up did ${JSON.stringify(again.steps)}`);
			const state = statSync(join(folder, "stacks", ".pulumi", "stacks", "bench-cluster", `${stack}.json`)).size;
			return {
				...size,
				profiles,
				seconds: { first: first.seconds, change: change.seconds, again: again.seconds },
				changed: change.steps.length,
				state,
			};
		});
	} finally {
		await project.destroy({ stack });
		rmSync(folder, { recursive: true, force: true });
	}
}

async function objects(plane: ControlPlane): Promise<LiveObject[]> {
	const kinds = "configmaps,serviceaccounts,daemonsets";
	const selector = `app.kubernetes.io/name=${loaderName}`;
	const args = ["get", kinds, "--all-namespaces", "--selector", selector, "--output", "json"];
	return (JSON.parse(await plane.kubectl(...args)) as { items: LiveObject[] }).items;
}

function table(measured: Measured[]): string {
	const head =
		"| profiles | objects | ConfigMaps | bytes a profile | biggest, KB | state, KB | first, s | change, s (steps) | again, s |";
	const rule = head.replaceAll(/[^|]+/g, (cell) => `${"-".repeat(cell.length - 1)}:`);
	const lines = measured.map(
		({ profiles, objects: count, configMaps, content, agent, biggest, state, seconds, changed }) =>
			[
				"",
				profiles,
				count,
				configMaps,
				Math.round((content - agent) / profiles),
				Math.round(biggest / 1024),
				Math.round(state / 1024),
				seconds.first.toFixed(1),
				`${seconds.change.toFixed(1)} (${changed})`,
				seconds.again.toFixed(1),
				"",
			]
				.join(" | ")
				.trim(),
	);
	return [head, rule, ...lines].join("\n");
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { profiles: { type: "string", default: "1,10,100,1000" } } });
	const counts = values.profiles.split(",").map(Number);
	if (!counts.every((count) => Number.isInteger(count) && count > 0))
		throw new Error(`--profiles ${values.profiles}: must be numbers from 1, with a comma between`);
	exitOnSignals();
	const plane = await startControlPlane();
	try {
		const measured: Measured[] = [];
		for (const count of counts) measured.push(await measure(plane, count));
		console.log(table(measured));
	} finally {
		await plane.stop();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
