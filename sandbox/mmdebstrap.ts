import { execa } from "execa";
import { ensureSystemPackages, systemPath } from "../setup/packages";
import { debianKeyring, machineAcquireOptions, machineMirrors, sourcesFor } from "./apt";
import type { Release } from "./release";

export const isRoot = () => process.getuid?.() === 0;

export async function ensureMmdebstrap(): Promise<void> {
	const needs = [
		{ command: "mmdebstrap", package: "mmdebstrap" },
		{ command: "/usr/share/keyrings/debian-archive-keyring.gpg", package: "debian-archive-keyring" },
	];
	if (!isRoot()) needs.push({ command: "newuidmap", package: "uidmap" });
	await ensureSystemPackages(needs);
}

/** Installs a Debian release into `target`, a tar file or a folder, from wherever this machine's apt gets Debian. */
export async function mmdebstrap(release: Release, target: string, options: string[]): Promise<void> {
	const acquire = await machineAcquireOptions();
	await tool("mmdebstrap", [
		"--quiet",
		...options,
		`--mode=${isRoot() ? "root" : "unshare"}`,
		`--keyring=${debianKeyring()}`,
		...acquire.map((option) => `--aptopt=${option}`),
		release,
		target,
		...sourcesFor(release, await machineMirrors()),
	]);
}

/** Runs a program of the build; its own words, where it fails, are the error's. */
export async function tool(command: string, args: string[], timeout?: number): Promise<void> {
	const result = await execa(command, args, { env: { PATH: systemPath }, stdin: "ignore", reject: false, timeout });
	if (!result.failed) return;
	const why = result.timedOut ? `took longer than ${timeout} ms` : `exit code ${result.exitCode ?? result.signal}`;
	throw new Error(`${command} failed (${why})\n${`${result.stdout}\n${result.stderr}`.trim().slice(-3000)}`);
}
