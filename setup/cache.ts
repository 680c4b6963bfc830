import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * A path in the cache that all checkouts of this user share: `$PULUMI_APPARMOR_CACHE`, else
 * `$XDG_CACHE_HOME/pulumi-apparmor`, else `~/.cache/pulumi-apparmor`.
 */
export function cachePath(...parts: string[]): string {
	const base =
		process.env.PULUMI_APPARMOR_CACHE ||
		join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-apparmor");
	return join(base, ...parts);
}

/**
 * The folder `key` of the cache, built on first use. `build` gets a temporary folder beside it,
 * which is renamed into place when `build` is done: an interrupted build leaves nothing that looks
 * finished, and of two builds at once the first to end wins.
 */
export async function cached(key: string, build: (folder: string) => Promise<void>): Promise<string> {
	const final = cachePath(key);
	if (existsSync(final)) return final;
	mkdirSync(dirname(final), { recursive: true });
	removeAbandonedBuilds(dirname(final));
	const temporary = mkdtempSync(`${final}.building-`);
	try {
		await build(temporary);
		renameSync(temporary, final);
	} catch (error) {
		rmSync(temporary, { recursive: true, force: true });
		if (!existsSync(final)) throw error;
	}
	return final;
}

/** No build takes this long: what is older was killed before it could clean up. */
const abandonedAfterMs = 2 * 3600 * 1000;

function removeAbandonedBuilds(folder: string): void {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		if (name.includes(".building-") && Date.now() - statSync(path).mtimeMs > abandonedAfterMs)
			rmSync(path, { recursive: true, force: true });
	}
}
