import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemPath } from "../../setup/packages";
import { identifyProcess, isAlive } from "../process";
import { tiedToThisProcess } from "../tie";
import { type ClusterState, clusterFolder, writeCluster } from "./state";

/** A program of the control plane. */
export interface Component {
	name: string;
	program: string;
	args: string[];
	/** A file that it sees as its /etc/hosts. */
	hosts?: string;
	/** Whether it does its work; an error counts as "not yet". */
	isReady: () => Promise<boolean>;
}

const readyTimeoutMs = 120_000;
const pollMs = 50;

/** Binds its own /etc/hosts where only it can see that, then becomes the program. */
const withHosts = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';

function commandLine({ program, args, hosts }: Component, keep: boolean): string[] {
	const tied = keep ? [program, ...args] : tiedToThisProcess("KILL", [program, ...args]);
	if (!hosts) return tied;
	const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
	return ["unshare", ...asRoot, "--mount", "sh", "-c", withHosts, "sh", hosts, ...tied];
}

/** Starts a component, notes its process in the cluster's state, and waits until it does its work. */
export async function startComponent(state: ClusterState, component: Component): Promise<void> {
	const log = logFile(state.name, component.name);
	const output = openSync(log, "w", 0o600);
	const [command, ...args] = commandLine(component, state.keep) as [string, ...string[]];
	const child = spawn(command, args, {
		stdio: ["ignore", output, output],
		// A terminal's Ctrl-C is for this process, which decides what becomes of its clusters.
		detached: true,
		cwd: clusterFolder(state.name),
		env: { PATH: systemPath },
	});
	closeSync(output);
	child.unref();
	await new Promise<void>((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", reject);
	});
	const id = identifyProcess(child.pid as number);
	if (id) state.components[component.name] = id;
	writeCluster(state);
	const end = Date.now() + readyTimeoutMs;
	let reason = "it does not say that it is";
	const isReady = () =>
		component.isReady().catch((error: Error) => {
			reason = error.message;
			return false;
		});
	while (!(await isReady())) {
		const late = `is not ready after ${readyTimeoutMs / 1000} s (${reason})`;
		const problem = !isAlive(id) ? "has ended" : Date.now() > end ? late : undefined;
		if (problem) {
			const log = logTail(state.name, component.name);
			throw new Error(`cluster ${state.name}: ${component.name} ${problem}; its log ended with:\n${log}`);
		}
		await sleep(pollMs);
	}
}

function logFile(cluster: string, component: string): string {
	return join(clusterFolder(cluster), `${component}.log`);
}

/** The last of what a component has written. */
export function logTail(cluster: string, component: string): string {
	const file = logFile(cluster, component);
	return (existsSync(file) ? readFileSync(file, "utf8").trim().slice(-3000) : "") || "(nothing)";
}
