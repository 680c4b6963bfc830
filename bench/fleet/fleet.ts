/**
 * The same work by `pulumi up` and by `ansible-playbook`, measured one after the other on the same hosts:
 * `npm run bench:fleet -- [--hosts N] [--profiles N] [--runs N] [--parallel N] [--skip-real] [--skip-ansible]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { startHost } from "../../sandbox";
import { exitOnSignals, onAbruptEnd } from "../../sandbox/interrupt";
import { step } from "../../setup/progress";
import { noReachableHosts, ReachableHost } from "../../test/engine/reachable-host";
import { ensureToolchain } from "../../toolchain";
import { wholeNumber } from "../whole-number";
import { AnsibleTool } from "./ansible";
import { type FleetHost, LoopbackHost, RealHost } from "./hosts";
import { PulumiTool } from "./pulumi";
import { bringPython } from "./python";
import { type Measurement, measure } from "./rows";
import { stateTable, table } from "./table";

const checkout = join(__dirname, "..", "..");

interface Options {
	hosts: number;
	profiles: number;
	runs: number;
	parallel?: number;
	skipReal: boolean;
	skipAnsible: boolean;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			hosts: { type: "string", default: "20" },
			profiles: { type: "string", default: "10" },
			runs: { type: "string", default: "3" },
			parallel: { type: "string" },
			"skip-real": { type: "boolean", default: false },
			"skip-ansible": { type: "boolean", default: false },
		},
	});
	return {
		hosts: wholeNumber("hosts", values.hosts),
		profiles: wholeNumber("profiles", values.profiles),
		runs: wholeNumber("runs", values.runs),
		parallel: values.parallel === undefined ? undefined : wholeNumber("parallel", values.parallel),
		skipReal: values["skip-real"],
		skipAnsible: values["skip-ansible"],
	};
}

async function main(): Promise<void> {
	const options = readOptions();
	if (noReachableHosts) throw new Error(`bench:fleet must run as root: ${noReachableHosts}`);
	exitOnSignals();
	// Everything's temporary files, those of the hosts' classes and of both tools too: gone however this ends.
	const folder = mkdtempSync(join(tmpdir(), "fleet-"));
	process.env.TMPDIR = folder;
	onAbruptEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

	await step("The package is built", () => execa("tsc", ["-p", "tsconfig.build.json"], { cwd: checkout }));
	await describeMachine(options);
	await onLoopback(options, folder);
	if (!options.skipReal) await onRealHost(options, folder);
	console.log(`\nload average: ${load()}`);
}

async function describeMachine({ skipAnsible, parallel }: Options): Promise<void> {
	const toolchain = await ensureToolchain();
	const { stdout: version } = await execa(toolchain.pulumi, ["version"], { env: toolchain.env() });
	const { cli, command, language } = toolchain.official;
	const parts = { CLI: cli, "command plugin": command, "language host": language };
	const told = Object.entries(parts).map(([part, official]) => `${part} ${official ? "official" : "not the official"}`);
	console.log(`pulumi ${version} (${told.join(", ")}), --parallel ${parallel ?? "by default"}`);
	if (!skipAnsible) console.log(await AnsibleTool.version());
	console.log(`node ${process.version}, ${availableParallelism()} CPUs, load average: ${load()}`);
}

const load = () =>
	loadavg()
		.map((average) => average.toFixed(2))
		.join(", ");

async function onLoopback(options: Options, folder: string): Promise<void> {
	const reachable: ReachableHost[] = [];
	try {
		await step(`${options.hosts} hosts on loopback`, async () => {
			const names = Array.from({ length: options.hosts }, (_, index) => `host-${String(index + 1).padStart(2, "0")}`);
			for (const name of names) reachable.push(await ReachableHost.start(name));
		});
		const hosts = reachable.map((host) => new LoopbackHost(host, join(folder, `remote-${host.name}`)));
		await compare(`${options.hosts} hosts, ${options.profiles} profiles`, hosts, options, join(folder, "loopback"));
	} finally {
		await Promise.all(reachable.map((host) => host.stop()));
	}
}

async function onRealHost(options: Options, folder: string): Promise<void> {
	const sandbox = await startHost({ release: "bookworm" });
	try {
		if (!options.skipAnsible) await bringPython(sandbox);
		await compare(`1 real host, ${options.profiles} profiles`, [new RealHost(sandbox)], options, join(folder, "real"));
	} finally {
		await sandbox.stop();
	}
}

/** Measures Pulumi, gives the hosts back, measures Ansible, and prints the table. */
async function compare(title: string, hosts: FleetHost[], options: Options, folder: string): Promise<void> {
	const { profiles, runs, parallel, skipAnsible } = options;
	const pulumi = await PulumiTool.make(hosts, folder, parallel);
	const ours = await measure(pulumi, hosts, profiles, runs);
	const size = await pulumi.state();
	await step("pulumi: gives the hosts back", () => pulumi.destroy());
	const theirs = skipAnsible ? undefined : await measureAnsible(hosts, options, `${folder}-ansible`);
	console.log(`\n${table(title, ours, theirs)}`);
	console.log(`\npulumi with nothing to do made ${ours.idleConnections} SSH connections to the hosts in ${runs} runs.`);
	console.log(`\n${stateTable(size)}`);
	if (ours.idleConnections > 0) throw new Error("with nothing to do, pulumi must not connect to any host");
}

async function measureAnsible(hosts: FleetHost[], options: Options, folder: string): Promise<Measurement> {
	const ansible = await AnsibleTool.make(hosts, folder);
	const stopped = onAbruptEnd(() => ansible.stopNow());
	try {
		return await measure(ansible, hosts, options.profiles, options.runs);
	} finally {
		ansible.stopNow();
		stopped();
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : error}`);
		process.exit(1);
	},
);
