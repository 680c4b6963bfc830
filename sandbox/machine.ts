import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemPath } from "../setup/packages";
import type { Identity } from "./identity";
import { identifyProcess } from "./process";
import { accelerator, commonKernelArguments, qemuArguments } from "./qemu";
import { type HostState, hostFolder, writeState } from "./state";
import { tiedToThisProcess } from "./tie";

/** Starts QEMU for a host whose folder is complete, and notes its process. */
export async function startMachine(state: HostState, identity: Identity): Promise<void> {
	const folder = hostFolder(state.name);
	const args = qemuArguments(
		{
			disk: join(folder, "disk.qcow2"),
			kernel: state.image.kernel,
			initrd: state.image.initrd,
			identity: identity.archive,
			forwards: new Map(Object.entries(state.forwards).map(([guest, host]) => [Number(guest), host])),
			console: join(folder, "console.log"),
			kernelArguments: [...commonKernelArguments, `systemd.hostname=${state.name}`, ...(state.kernelArguments ?? [])],
			...(state.image.memory && !state.hasRun ? { memory: state.image.memory } : {}),
		},
		accelerator(process.env),
	);
	// QEMU empties it too, but only a moment after it has started.
	rmSync(join(folder, "console.log"), { force: true });
	const output = openSync(join(folder, "qemu.log"), "w", 0o600);
	const qemu: [string, ...string[]] = ["qemu-system-x86_64", ...args];
	const [command, ...rest] = state.keep ? qemu : tiedToThisProcess("KILL", qemu);
	const child = spawn(command, rest, {
		stdio: ["ignore", output, output],
		// A terminal's Ctrl-C is for this process, which decides what becomes of its hosts.
		detached: true,
		env: { ...process.env, PATH: systemPath },
	});
	closeSync(output);
	child.unref();
	await new Promise<void>((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", reject);
	});
	state.hasRun = true;
	state.qemu = identifyProcess(child.pid as number);
	writeState(state);
}

function logOf(name: string, log: string): string {
	const file = join(hostFolder(name), log);
	return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

/** What a host has printed on its serial console since its power came on; it lives through reboots. */
export const consoleLog = (name: string) => logOf(name, "console.log");

/** What QEMU itself had to say. */
export const qemuLog = (name: string) => logOf(name, "qemu.log");
