import { rmSync } from "node:fs";
import { cachePath } from "../setup/cache";
import { claimFolder, claimNames, readClaim, staleClaims, writeClaim } from "./claim";
import type { Image } from "./image";
import { identifyProcess, isAlive, killNow, type ProcessId } from "./process";
import type { Release } from "./release";

/** What is known on disk about a host; the folder around it holds its disk and keys. */
export interface HostState {
	name: string;
	release: Release;
	/** The files it boots from. */
	image: Image;
	/** It stays until `down`; else it ends with its owner. */
	keep: boolean;
	/** The process that starts or uses the host; none once a kept one runs. */
	owner?: ProcessId;
	/** The virtual machine; none while it is starting or powered off. */
	qemu?: ProcessId;
	/** It has run before, and so has a disk of its own to boot from. */
	hasRun?: boolean;
	/** What its kernel is told beside what every host's is, since its last reboot. */
	kernelArguments?: string[];
	/** Guest port → port on the machine's loopback. */
	forwards: Record<number, number>;
	/** The file that tells Pulumi programs of this host. */
	inventory?: string;
	startedAt: string;
}

export function hostFolder(name: string): string {
	return cachePath("hosts", name);
}

/** A name is a folder, a host name and an argument of ssh. */
export function checkName(name: string): string {
	if (/^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/.test(name)) return name;
	throw new Error(`name: "${name}" is not a host name: use a-z, 0-9 and "-", starting with a letter, at most 42 long`);
}

export function readState(name: string): HostState | undefined {
	return readClaim(hostFolder(name));
}

export function writeState(state: HostState): void {
	writeClaim(hostFolder(state.name), state);
}

export function isInUse(state: HostState | undefined): boolean {
	return state !== undefined && (isAlive(state.owner) || isAlive(state.qemu));
}

export function listStates(): HostState[] {
	return claimNames(cachePath("hosts"))
		.map((entry) => readState(entry))
		.filter((state) => state !== undefined);
}

/** Ends what is left of a host and removes every file of it. Synchronous, for use while a process exits. */
export function removeHost(name: string): void {
	const state = readState(name);
	killNow(state?.qemu);
	if (state?.inventory) rmSync(state.inventory, { force: true });
	rmSync(hostFolder(name), { recursive: true, force: true });
}

/** Removes hosts whose processes are gone: after a crash, a kill or a reboot of this machine. */
export function removeStaleHosts(): void {
	for (const name of staleClaims(cachePath("hosts"), (entry) => isInUse(readState(entry)))) removeHost(name);
}

/** Takes a name for a new host of this process; its folder then exists, with its state in it. */
export function claimHost(host: Pick<HostState, "name" | "release" | "image" | "keep" | "inventory">): HostState {
	removeStaleHosts();
	const { name } = host;
	const owner = identifyProcess(process.pid);
	const state: HostState = { ...host, owner, forwards: {}, startedAt: new Date().toISOString() };
	try {
		claimFolder(hostFolder(name), state);
	} catch (error) {
		const taken = readState(name);
		if (!taken) throw error;
		throw new Error(
			`a host named "${name}" (${taken.release}, since ${taken.startedAt}) is running: ` +
				`use it, end it with "npm run sandbox -- down ${name}", or choose another --name`,
		);
	}
	return state;
}
