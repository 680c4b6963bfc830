import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { profiles } from "./log";

/** What aa-logprof took for a log, with the start of Python and the reading of the profiles. */
export interface LogprofResult {
	seconds: number;
	/** Lines of policy that it added. */
	results: number;
}

/** Where aa-logprof can be had: this machine (the folder `/`) or a folder with a Debian system; undefined if nowhere. */
export function logprofRoot(root: string | undefined): string | undefined {
	const place = root ?? "/";
	return existsSync(join(place, "usr/sbin/aa-logprof")) ? place : undefined;
}

/**
 * Runs Debian's aa-logprof on a log, all of its proposals accepted, on almost empty profiles of the log's programs.
 * The profiles are files of this run's own; neither the system's nor the kernel's are touched.
 */
export async function runLogprof(root: string, log: string): Promise<LogprofResult> {
	const parent = join(root, tmpdir());
	await mkdir(parent, { recursive: true });
	const folder = await mkdtemp(join(parent, "bench-audit-"));
	try {
		await writeProfiles(root, folder);
		await cp(log, join(folder, "log"));
		const inside = join("/", folder.slice(root.length));
		const where = ["-d", join(inside, "profiles"), "-f", join(inside, "log"), "-o", join(inside, "out")];
		const begin = performance.now();
		await start(root, ["--no-check-mountpoint", "--allow-all", ...where]);
		const seconds = (performance.now() - begin) / 1000;
		return { seconds, results: await countRules(join(folder, "out")) };
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** In a folder's system aa-logprof finds no /proc, which it needs; the mount is this process's own and ends with it. */
async function start(root: string, options: string[]): Promise<void> {
	if (root === "/") {
		await execa("aa-logprof", options, { stdin: "ignore" });
		return;
	}
	const script = 'root=$1; shift; mount --rbind /proc "$root/proc" && exec chroot "$root" aa-logprof "$@"';
	await execa("unshare", ["--mount", "sh", "-c", script, "sh", root, ...options], { stdin: "ignore" });
}

async function writeProfiles(root: string, folder: string): Promise<void> {
	const target = join(folder, "profiles");
	for (const part of ["abi", "tunables", "abstractions"]) {
		await cp(join(root, "etc/apparmor.d", part), join(target, part), { recursive: true });
	}
	await mkdir(join(folder, "out"));
	for (const profile of profiles) {
		const text = `include <tunables/global>\nprofile ${profile} /usr/sbin/${profile} flags=(complain) {\n}\n`;
		await writeFile(join(target, `usr.sbin.${profile}`), text);
	}
}

async function countRules(folder: string): Promise<number> {
	const texts = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
	return texts.flatMap((text) => text.split("\n")).filter((line) => /^ {2}\S/.test(line)).length;
}
