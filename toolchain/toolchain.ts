import { dirname } from "node:path";
import { cachePath } from "../setup/cache";
import { builtPulumi } from "./build";
import { downloadedPulumi, installCommandPlugin } from "./download";
import { toolchainEnvironment } from "./environment";
import { findPlugin, findPulumi, pulumiHome } from "./find";
import { makeLaunchers, type Plugin } from "./launchers";
import { commandPluginVersion } from "./versions";

/** A working Pulumi: the CLI, the Node.js language host and the `command` resource plugin. */
export interface Toolchain {
	/** The CLI's path. */
	pulumi: string;
	/** Whether each part is Pulumi's own release; otherwise the CLI is built here and the plugins are stand-ins. */
	official: { cli: boolean; language: boolean; command: boolean };
	/** Folders that go in front of PATH. */
	path: string[];
	/** Where the CLI keeps plugins and credentials (PULUMI_HOME). */
	home: string;
	/** An environment in which `pulumi` works: this process' own, with what is needed, with `extra` over it. */
	env(extra?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
}

let found: Promise<Toolchain> | undefined;

/** Finds a working Pulumi on this machine, or makes one in the cache. */
export function ensureToolchain(): Promise<Toolchain> {
	found ??= make().catch((error) => {
		found = undefined;
		throw error;
	});
	return found;
}

async function make(): Promise<Toolchain> {
	const installed = findPulumi();
	const downloaded = installed ? undefined : await downloadedPulumi();
	const pulumi = installed ?? downloaded ?? (await builtPulumi());
	const ownHome = cachePath("pulumi-home");
	const lookIn = installed ? pulumiHome() : ownHome;

	const find = (kind: "language" | "resource", name: string, version?: string) =>
		findPlugin({ kind, name, version }, pulumi, lookIn);
	const language = find("language", "nodejs");
	let command = find("resource", "command", commandPluginVersion);
	if (!command && (await installCommandPlugin(pulumi, lookIn))) {
		command = find("resource", "command", commandPluginVersion);
	}

	const missing: Plugin[] = [];
	if (!language) missing.push("pulumi-language-nodejs");
	if (!command) missing.push("pulumi-resource-command");
	if (!find("resource", "pulumi-nodejs")) missing.push("pulumi-resource-pulumi-nodejs");
	// A CLI that found none of its plugins has nothing in its home that a home of our own would hide.
	const launchers = await makeLaunchers(missing, installed || language || command ? "path" : "own home");

	const official = { cli: Boolean(installed ?? downloaded), language: Boolean(language), command: Boolean(command) };
	const home = launchers.home ?? lookIn;
	const path = [launchers.bin, dirname(pulumi)];
	return {
		pulumi,
		official,
		path,
		home,
		env: (extra = {}) => ({ ...process.env, ...toolchainEnvironment(home, path), ...extra }),
	};
}
