import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { cachePath } from "../setup/cache";

/** What this toolchain made itself, which `npm run toolchain -- env` may have put into the environment. */
const isOwn = (path: string) => path.startsWith(cachePath() + sep);

/** Where Pulumi keeps its plugins and credentials for this user. */
export function pulumiHome(): string {
	const told = process.env.PULUMI_HOME;
	return told && !isOwn(told) ? told : join(homedir(), ".pulumi");
}

function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

/** A program on PATH that this toolchain did not put there. */
export function onPath(name: string, path = process.env.PATH ?? ""): string | undefined {
	return path
		.split(delimiter)
		.filter((folder) => folder !== "" && !isOwn(folder))
		.map((folder) => join(folder, name))
		.find(isProgram);
}

/** The Pulumi CLI of this machine: on PATH, else where Pulumi's own installer puts it. */
export function findPulumi(): string | undefined {
	const installed = join(pulumiHome(), "bin", "pulumi");
	return onPath("pulumi") ?? (isProgram(installed) ? installed : undefined);
}

/** A plugin that `pulumi` would find by itself: on PATH, beside the CLI, or in the plugin cache below `home`. */
export function findPlugin(
	plugin: { kind: "language" | "resource"; name: string; version?: string },
	pulumi: string,
	home: string,
): string | undefined {
	const program = `pulumi-${plugin.kind}-${plugin.name}`;
	const beside = join(dirname(realpathSync(pulumi)), program);
	return onPath(program) ?? (isProgram(beside) ? beside : cachedPlugin(plugin, program, join(home, "plugins")));
}

function cachedPlugin(
	plugin: { kind: string; name: string; version?: string },
	program: string,
	cache: string,
): string | undefined {
	if (!existsSync(cache)) return undefined;
	const prefix = `${plugin.kind}-${plugin.name}-v${plugin.version ?? ""}`;
	return readdirSync(cache)
		.filter((folder) => (plugin.version ? folder === prefix : folder.startsWith(prefix)))
		.map((folder) => join(cache, folder, program))
		.find(isProgram);
}
