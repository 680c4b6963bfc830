import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain, PulumiProject } from "../../../toolchain";
import { type SandboxCluster, startCluster } from "../../cluster";
import { exitOnSignals, type SandboxHost } from "../../index";
import { type Intrusion, intrusions } from "../application";
import { KernelLog, summarised } from "../kernel-log";
import { chapter, command, elapsedSeconds, proven, say, show } from "../telling";
import { confinementOn, get, intrude, modeOn } from "./node";
import { application, loadedAt, loaders, podsOf, readyPod } from "./pods";

const stack = "demo";
const intrusionNames = Object.keys(intrusions) as Intrusion[];

async function main(): Promise<void> {
	exitOnSignals();
	const toolchain = await ensureToolchain();
	const stateFolder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-demo-"));
	process.on("exit", () => rmSync(stateFolder, { recursive: true, force: true }));
	const cluster = await startCluster({ nodes: 1 });
	try {
		const project = new PulumiProject({ toolchain, program: join(__dirname, "program"), stateFolder });
		await project.stackInit(stack);
		await project.setConfig(stack, "kubeconfig", cluster.kubeconfig);
		await tell(cluster, project);
	} finally {
		await cluster.stop();
	}
	say(
		`\nThe cluster is gone. ${elapsedSeconds()} s in all. Next: docs/kubernetes.md, then \`npm run sandbox -- cluster up\` for a cluster of your own.`,
	);
}

async function tell(cluster: SandboxCluster, project: PulumiProject): Promise<void> {
	const first = cluster.nodes[0] as SandboxHost;
	const log = new KernelLog(first, "myapp");

	chapter("The profile is on the node in complain mode, and an application runs under it");
	proven("before, the node has no profile myapp", (await modeOn(first, "myapp")) === undefined);
	await up(cluster, project, "complain");
	proven("the node's kernel has myapp in complain mode", (await modeOn(first, "myapp")) === "complain");
	const { ip } = await readyPod(cluster, first.name, application);
	proven("the application's pod runs under it", (await confinementOn(first)) === "myapp (complain)");

	chapter("Its ordinary work, watched on the node: does the profile allow all of it?");
	await exercise(first, ip);
	const ordinary = await log.since();
	show(summarised(ordinary));
	proven("the kernel logged nothing that enforcing would have blocked", ordinary.length === 0);

	chapter("An intruder in the pod: nothing is blocked, and each attempt is in the node's log");
	for (const name of intrusionNames) await attempt(first, ip, log, name, "ALLOWED");

	chapter("The same profile, enforced: in the running pod, without a restart");
	const before = (await readyPod(cluster, first.name, application)).startedAt;
	await up(cluster, project, "enforce");
	proven("the node's kernel has myapp in enforce mode", (await modeOn(first, "myapp")) === "enforce");
	proven("the application runs under it", (await confinementOn(first)) === "myapp (enforce)");
	proven("it was not restarted", (await readyPod(cluster, first.name, application)).startedAt === before);
	await log.since();
	await exercise(first, ip);
	const denials = await log.since();
	show(summarised(denials));
	proven("its ordinary work goes on with zero denials", denials.length === 0);

	chapter("The intruder again: every attempt is blocked and logged");
	for (const name of intrusionNames) await attempt(first, ip, log, name, "DENIED");

	chapter("A node is added: it gets the profile before a pod runs confined on it");
	const second = await cluster.addNode();
	say("Nobody has run pulumi. The application is a DaemonSet, so its pod may well be here before the profile is:");
	const pod = await readyPod(cluster, second.name, application);
	const loaded = await loadedAt(cluster, await readyPod(cluster, second.name, loaders), "myapp");
	show([`myapp is loaded at      ${loaded.toISOString()}`, `the application starts  ${pod.startedAt}`]);
	proven(
		"the application started when the profile was there",
		Math.floor(loaded.getTime() / 1000) * 1000 <= new Date(pod.startedAt).getTime(),
	);
	proven("it runs under it", (await confinementOn(second)) === "myapp (enforce)");
	await attempt(second, pod.ip, new KernelLog(second, "myapp"), "read-shadow", "DENIED");

	chapter("Nothing is left to do, and everything can be undone");
	command("pulumi preview");
	const { summary } = await project.preview({ stack, show: true });
	proven("a preview shows no change", Object.keys(summary).join() === "same");
	command("pulumi destroy");
	await project.destroy({ stack, show: true });
	const left = await cluster.kubectl("get", "daemonsets,configmaps,serviceaccounts", "-A", "-l", loaders.selector);
	proven("the cluster has none of its objects", left === "" && (await podsOf(cluster, loaders)).length === 0);
	for (const { name, run } of cluster.nodes.map((node) => ({ name: node.name, run: node.run.bind(node) }))) {
		const { stdout } = await run("find /etc/apparmor.d -name '*myapp*'");
		proven(`on ${name} nothing is left that a boot would load`, stdout === "");
	}
}

async function up(cluster: SandboxCluster, project: PulumiProject, mode: string): Promise<void> {
	command(`pulumi config set mode ${mode} && pulumi up`);
	await project.setConfig(stack, "mode", mode);
	await project.up({ stack, show: true });
	const pods = await podsOf(cluster, loaders);
	proven(
		"each node has its loader, which is ready",
		pods.map(({ node }) => node).join() === cluster.nodes.map(({ name }) => name).join() &&
			pods.every(({ ready }) => ready),
	);
}

async function exercise(node: SandboxHost, ip: string): Promise<void> {
	for (let visit = 0; visit < 3; visit++) {
		const answer = await get(node, ip, "/");
		show([answer]);
		if (!answer.startsWith("Welcome to myapp.")) throw new Error(`myapp failed at its ordinary work: ${answer}`);
	}
}

async function attempt(
	node: SandboxHost,
	ip: string,
	log: KernelLog,
	name: Intrusion,
	verdict: "ALLOWED" | "DENIED",
): Promise<void> {
	const { blocked, answer } = await intrude(node, ip, name);
	show([`${intrusions[name]}: ${answer}`]);
	const records = await log.since();
	show(summarised(records));
	const logged = [...new Set(records.map((record) => record.verdict))].join() === verdict;
	if (verdict === "ALLOWED") proven("it went through and was logged as ALLOWED", !blocked && logged);
	else proven(`myapp cannot ${intrusions[name]}, and trying is logged as DENIED`, blocked && logged);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : error}`);
		process.exit(1);
	},
);
