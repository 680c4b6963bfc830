import { createHash } from "node:crypto";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { cachePath } from "../setup/cache";
import { commandPluginVersion, kubernetesPluginVersion, pulumiVersion } from "./versions";

const checkout = dirname(__dirname);
const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));

export type Plugin =
	| "pulumi-language-nodejs"
	| "pulumi-resource-command"
	| "pulumi-resource-kubernetes"
	| "pulumi-resource-pulumi-nodejs";

/** The plugins that may be missing on a machine: their folder in a plugin cache, and what runs instead of them. */
const plugins: Record<Plugin, { cacheFolder: string; standIn?: string }> = {
	"pulumi-language-nodejs": {
		cacheFolder: `language-nodejs-v${pulumiVersion}`,
		standIn: join(__dirname, "standins", "language-nodejs", "main.ts"),
	},
	"pulumi-resource-command": {
		cacheFolder: `resource-command-v${commandPluginVersion}`,
		standIn: join(__dirname, "standins", "command", "main.ts"),
	},
	"pulumi-resource-kubernetes": {
		cacheFolder: `resource-kubernetes-v${kubernetesPluginVersion}`,
		standIn: join(__dirname, "standins", "kubernetes", "main.ts"),
	},
	// Dynamic resources: the real plugin, which comes with the SDK.
	"pulumi-resource-pulumi-nodejs": { cacheFolder: `resource-pulumi-nodejs-v${pulumiVersion}` },
};

export interface Launchers {
	/** For PATH. */
	bin: string;
	/** A PULUMI_HOME whose plugin cache has the plugins; or nothing, where they are in `bin`. */
	home?: string;
}

/**
 * Makes the missing plugins available to `pulumi`: in a plugin cache of our own, or on PATH where the CLI must keep
 * the user's (it then warns about each). `bin` also has the project's own Node.js, because the SDK needs 22 or newer
 * and the machine's may be older. The folders' name tells their content, so that checkouts and versions do not
 * disturb each other.
 */
export async function makeLaunchers(missing: Plugin[], where: "own home" | "path"): Promise<Launchers> {
	const node = realpathSync(process.execPath);
	const scripts = new Map<Plugin, string>();
	for (const plugin of missing) scripts.set(plugin, await script(plugin, node));
	const key = digest(JSON.stringify([where, node, ...scripts]));
	const root = cachePath("standins", key);
	const [bin, home] = [join(root, "bin"), join(root, "home")];
	mkdirSync(bin, { recursive: true });
	linkOnce(join(bin, "node"), node);
	for (const [plugin, text] of scripts) {
		const folder = where === "path" ? bin : join(home, "plugins", plugins[plugin].cacheFolder);
		writeOnce(join(folder, plugin), text, 0o755);
	}
	return where === "path" ? { bin } : { bin, home };
}

async function script(plugin: Plugin, node: string): Promise<string> {
	const { standIn } = plugins[plugin];
	if (!standIn) return readFileSync(join(sdk, plugin), "utf8");
	const main = await bundle(standIn);
	const command = `exec ${shellQuote(node)} ${shellQuote(main)} "$@"`;
	return `#!/bin/sh\nPULUMI_APPARMOR_CHECKOUT=${shellQuote(checkout)} ${command}\n`;
}

/** Bundles a stand-in into one file, because Pulumi starts its plugins anew with every command. */
async function bundle(entry: string): Promise<string> {
	const result = await build({
		entryPoints: [entry],
		absWorkingDir: checkout,
		bundle: true,
		platform: "node",
		target: "node22",
		format: "cjs",
		write: false,
		logLevel: "silent",
		// Optional native speed-ups of ssh2, which does without them.
		external: ["cpu-features", "*.node"],
	});
	const code = (result.outputFiles[0] as { text: string }).text;
	const path = cachePath("standins", `${digest(code)}.cjs`);
	writeOnce(path, code);
	return path;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

const shellQuote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function linkOnce(link: string, target: string): void {
	try {
		symlinkSync(target, link);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
}

function writeOnce(path: string, content: string, mode = 0o644): void {
	if (existsSync(path)) return;
	mkdirSync(dirname(path), { recursive: true });
	const temporary = `${path}.${process.pid}`;
	writeFileSync(temporary, content);
	chmodSync(temporary, mode);
	renameSync(temporary, path);
}
