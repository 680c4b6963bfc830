import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureToolchain, PulumiProject } from "../../toolchain";
import { exitOnSignals, type Release, releases, type SandboxHost, startHost } from "../index";
import { inventoryOf } from "../inventory";
import { applicationPort, exercise, type Intrusion, installApplication, intrude, intrusions } from "./application";
import { KernelLog, summarised } from "./kernel-log";
import { chapter, command, elapsedSeconds, proven, say, show } from "./telling";

const checkout = dirname(dirname(__dirname));
const intrusionNames = Object.keys(intrusions) as Intrusion[];

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { release: { type: "string", default: "bookworm" } } });
	if (!Object.hasOwn(releases, values.release))
		throw new Error(`--release ${values.release}: there are ${Object.keys(releases).join(", ")}`);
	exitOnSignals();
	const toolchain = await ensureToolchain();
	const host = await startHost({ release: values.release as Release, forwards: [{ guest: applicationPort }] });
	const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-demo-"));
	process.on("exit", () => rmSync(stateFolder, { recursive: true, force: true }));
	try {
		const project = new PulumiProject({ toolchain, program: checkout, stateFolder });
		const inventory = join(stateFolder, "host.json");
		writeFileSync(inventory, JSON.stringify(inventoryOf(host)));
		for (const stack of ["staging", "production"]) {
			await project.stackInit(stack);
			await project.setConfig(stack, "inventory", inventory);
		}
		await tell(host, project);
	} finally {
		await host.stop();
	}
	say(
		`\nThe host is gone. ${elapsedSeconds()} s in all. Next: README.md, then \`npm run sandbox -- up\` for a host of your own.`,
	);
}

async function tell(host: SandboxHost, project: PulumiProject): Promise<void> {
	chapter("An application without a profile");
	await installApplication(host);
	const before = await traces(host);
	say("myapp is a small HTTP server in /opt/myapp, run by systemd as root. It does its work:");
	show(await exercise(host, 2));
	say("Nothing confines it. Should someone take it over, this is what they can do:");
	for (const name of intrusionNames) {
		const { blocked, answer } = await intrude(host, name);
		show([`${intrusions[name]}: ${answer}`]);
		proven(`without a profile, myapp can ${intrusions[name]}`, !blocked);
	}
	await host.run("rm -f /usr/local/bin/backdoor");

	chapter("Staging: the profile is loaded in complain mode, which blocks nothing and logs everything");
	const log = new KernelLog(host, "myapp");
	command("pulumi up --stack staging      # Pulumi.staging.yaml says mode: complain");
	await project.up({ stack: "staging", show: true });
	proven("aa-status says that myapp is in complain mode", (await mode(host)) === "complain");
	proven("myapp runs under it: systemd restarted it", (await confinement(host)) === "myapp (complain)");

	chapter("Its ordinary work, watched: does the profile allow all of it?");
	show(await exercise(host, 3));
	const ordinary = await log.since();
	show(summarised(ordinary));
	proven("the kernel logged nothing that enforcing would have blocked", ordinary.length === 0);

	chapter("An intruder in staging: nothing is blocked, and each attempt is in the kernel's log");
	for (const name of intrusionNames) {
		const { blocked, answer } = await intrude(host, name);
		show([`${intrusions[name]}: ${answer}`]);
		const records = await log.since();
		show(summarised(records));
		proven("it went through and was logged as ALLOWED", !blocked && verdicts(records) === "ALLOWED");
	}
	await host.run("rm -f /usr/local/bin/backdoor");
	command("pulumi destroy --stack staging      # one host plays both parts: staging hands it over");
	await project.destroy({ stack: "staging", show: true });

	chapter("Production: the same profile, the same commit, enforced");
	command("pulumi up --stack production      # Pulumi.production.yaml says mode: enforce");
	await project.up({ stack: "production", show: true });
	proven("aa-status says that myapp is in enforce mode", (await mode(host)) === "enforce");
	proven("myapp runs under it", (await confinement(host)) === "myapp (enforce)");

	chapter("Its ordinary work goes on");
	await log.since();
	show(await exercise(host, 3));
	const denials = await log.since();
	show(summarised(denials));
	proven("with zero denials", denials.length === 0);

	chapter("The intruder again: every attempt is blocked and logged");
	for (const name of intrusionNames) {
		const { blocked, answer } = await intrude(host, name);
		show([`${intrusions[name]}: ${answer}`]);
		const records = await log.since();
		show(summarised(records));
		proven(
			`myapp cannot ${intrusions[name]} any more, and trying is logged as DENIED`,
			blocked && verdicts(records) === "DENIED",
		);
	}
	proven("myapp still answers", (await exercise(host, 1)).length === 1);

	chapter("Nothing is left to do, and everything can be undone");
	command("pulumi preview --stack production");
	const { summary } = await project.preview({ stack: "production", show: true });
	const changes = Object.entries(summary).filter(([kind]) => kind !== "same");
	proven("a preview shows no change", changes.length === 0);
	command("pulumi destroy --stack production");
	await project.destroy({ stack: "production", show: true });
	proven("the host is as it was: the same files, the same profiles", (await traces(host)) === before);
	proven(
		"myapp still answers, unconfined again",
		(await exercise(host, 1)).length === 1 && (await confinement(host)) === "unconfined",
	);
}

function verdicts(records: { verdict: string }[]): string {
	return [...new Set(records.map(({ verdict }) => verdict))].join(", ");
}

async function mode(host: SandboxHost): Promise<string | undefined> {
	command("aa-status --json      # on the host");
	const { stdout } = await host.run("aa-status --json");
	const status = JSON.parse(stdout) as { profiles: Record<string, string>; processes: Record<string, unknown> };
	show([`"profiles": {"myapp": ${JSON.stringify(status.profiles.myapp)}}`]);
	return status.profiles.myapp;
}

async function confinement(host: SandboxHost): Promise<string> {
	const { stdout } = await host.run('cat "/proc/$(systemctl show -P MainPID myapp.service)/attr/current"');
	return stdout.replaceAll("\0", "").trim();
}

/** Everything that a profile leaves on a host: files with their contents, and loaded profiles. */
async function traces(host: SandboxHost): Promise<string> {
	const folders = "/etc/apparmor.d /usr/local /var/lib/pulumi-apparmor /run/pulumi-apparmor /var/cache/apparmor";
	const { stdout } = await host.run(
		`find ${folders} -type f -exec sha256sum {} + 2>/dev/null | sort -k2; find ${folders} ! -type f 2>/dev/null | sort; sort /sys/kernel/security/apparmor/profiles`,
	);
	return stdout;
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : error}`);
		process.exit(1);
	},
);
