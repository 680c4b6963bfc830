/**
 * A changed policy's way to the kernel of every node: this package's loader and one that polls its ConfigMap, side by
 * side on the nodes of one sandbox cluster, and what both take at rest:
 * `npm run bench:cluster -- [--nodes N] [--rounds N] [--rest SECONDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startCluster } from "../../sandbox/cluster";
import { exitOnSignals, onAbruptEnd } from "../../sandbox/interrupt";
import { step } from "../../setup/progress";
import { loaderName } from "../../src/cluster/status-place";
import { ensureToolchain, PulumiProject } from "../../toolchain";
import { wholeNumber } from "../whole-number";
import { restTable, roundsTable, stagesTable } from "./nodes-table";
import { namespace as theirNamespace, selector as theirSelector } from "./polling-loader";
import { atRest } from "./rest";
import { type OurRound, Rounds, stack, type TheirRound } from "./rounds";

const ourNamespace = "kube-system";
const ourSelector = `app.kubernetes.io/name=${loaderName}`;
/** After a change the pod that was replaced still ends, and the new one is looked at often for a while. */
const settleSeconds = 60;

function readOptions() {
	const { values } = parseArgs({
		options: {
			nodes: { type: "string", default: "2" },
			rounds: { type: "string", default: "7" },
			rest: { type: "string", default: "300" },
		},
	});
	return {
		nodes: wholeNumber("nodes", values.nodes),
		rounds: wholeNumber("rounds", values.rounds),
		rest: wholeNumber("rest", values.rest),
	};
}

/** What else the machine did decides whether its figures are worth anything. */
const load = () => loadavg()[0]?.toFixed(1);

async function main(): Promise<void> {
	const options = readOptions();
	exitOnSignals();
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-bench-nodes-"));
	onAbruptEnd(() => rmSync(folder, { recursive: true, force: true }));
	const program = join(__dirname, "program");
	const project = new PulumiProject({ toolchain: await ensureToolchain(), program, stateFolder: folder });
	console.log(`${availableParallelism()} CPUs, load average ${load()} before the cluster's start`);
	const cluster = await startCluster({ nodes: options.nodes });
	try {
		const rounds = await step("Both loaders, with a first policy", () =>
			Rounds.prepare(cluster, project, join(folder, "wanted.json")),
		);
		const [ours, theirs]: [OurRound[], TheirRound[]] = [[], []];
		const loads: (string | undefined)[] = [];
		for (let round = 1; round <= options.rounds; round++)
			await step(`Round ${round} of ${options.rounds}`, async (report) => {
				report("pulumi up");
				ours.push(await rounds.ours(round));
				report("the loader that polls");
				theirs.push(await rounds.theirs(round));
				loads.push(load());
			});
		rounds.stop();
		const rest = await step(`At rest, ${options.rest} s`, async () => {
			await sleep(settleSeconds * 1000);
			const look = (namespace: string, selector: string) => atRest(cluster, namespace, selector, options.rest);
			const [mine, polling] = await Promise.all([look(ourNamespace, ourSelector), look(theirNamespace, theirSelector)]);
			return { "pulumi-apparmor": mine, "polls every 30 s": polling };
		});
		const nodes = `${options.nodes} nodes`;
		console.log(`\n${roundsTable(nodes, ours, theirs)}\n\n${stagesTable(ours)}\n\n${restTable(rest)}`);
		console.log(`\nload average after each round: ${loads.join(", ")}; at the end: ${load()}`);
		await project.destroy({ stack });
	} finally {
		await cluster.stop();
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : error}`);
		process.exit(1);
	},
);
