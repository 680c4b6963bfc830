import { dirname } from "node:path";
import { cachePath } from "../setup/cache";
import { builtPulumi } from "./build";
import { downloadedPulumi, installPlugin } from "./download";
import { toolchainEnvironment } from "./environment";
import { findPlugin, findPulumi, pulumiHome } from "./find";
import { makeLaunchers, type Plugin } from "./launchers";
import { commandPluginVersion, kubernetesPluginVersion } from "./versions";

/** A working Pulumi: the CLI, the Node.js language host, the `command` and `kubernetes` resource plugins. */
export interface Toolchain {
	/** The CLI's path. */
	pulumi: string;
	/** Whether each part is Pulumi's own release; otherwise the CLI is built here and the plugins are stand-ins. */
	official: { cli: boolean; language: boolean; command: boolean; kubernetes: boolean };
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
	const resourcePlugin = async (name: string, version: string) =>
		find("resource", name, version) ??
		((await installPlugin(pulumi, lookIn, name, version)) ? find("resource", name, version) : undefined);
	const command = await resourcePlugin("command", commandPluginVersion);
	// Also for programs without a cluster: before each operation the engine fetches the plugins of all npm packages
	// below a program, and pulumi-apparmor brings both.
	const kubernetes = await resourcePlugin("kubernetes", kubernetesPluginVersion);

	const missing: Plugin[] = [];
	if (!language) missing.push("pulumi-language-nodejs");
	if (!command) missing.push("pulumi-resource-command");
	if (!kubernetes) missing.push("pulumi-resource-kubernetes");
	if (!find("resource", "pulumi-nodejs")) missing.push("pulumi-resource-pulumi-nodejs");
	// A CLI that found none of its plugins has nothing in its home that a home of our own would hide.
	const foundAny = installed || language || command || kubernetes;
	const launchers = await makeLaunchers(missing, foundAny ? "path" : "own home");

	const official = {
		cli: Boolean(installed ?? downloaded),
		language: Boolean(language),
		command: Boolean(command),
		kubernetes: Boolean(kubernetes),
	};
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
