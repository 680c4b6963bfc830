import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cachePath } from "../setup/cache";
import { pulumiHome } from "./find";

/** Whether this user has chosen where stacks are kept: logged in, or told by the environment. */
function hasBackend(home: string): boolean {
	if (process.env.PULUMI_BACKEND_URL || process.env.PULUMI_ACCESS_TOKEN) return true;
	const credentials = join(home, "credentials.json");
	if (!existsSync(credentials)) return false;
	return Boolean((JSON.parse(readFileSync(credentials, "utf8")) as { current?: string }).current);
}

/** A file with a passphrase of its own, readable by this user only. */
export function passphraseFile(folder: string): string {
	const file = join(folder, "passphrase");
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	try {
		writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
	return file;
}

/** What `pulumi` needs to find its parts, and to keep stacks on this machine where the user has no place for them. */
export function toolchainEnvironment(home: string, path: string[]): Record<string, string> {
	const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !path.includes(folder));
	const env: Record<string, string> = {
		PATH: [...path, ...folders].join(delimiter),
		PULUMI_SKIP_UPDATE_CHECK: "true",
		PULUMI_IGNORE_AMBIENT_PLUGINS: "false",
	};
	if (home !== pulumiHome()) env.PULUMI_HOME = home;
	if (!hasBackend(home)) {
		const stacks = cachePath("stacks");
		env.PULUMI_BACKEND_URL = pathToFileURL(stacks).href;
		const passphrase = passphraseFile(stacks);
		const own = process.env.PULUMI_CONFIG_PASSPHRASE ?? process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
		if (own === undefined) env.PULUMI_CONFIG_PASSPHRASE_FILE = passphrase;
	}
	return env;
}
