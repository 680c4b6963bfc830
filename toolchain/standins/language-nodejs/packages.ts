import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/** A resource plugin that an npm package of the program wants. */
export interface RequiredPlugin {
	name: string;
	version: string;
	server: string;
}

interface Manifest {
	name?: string;
	version?: string;
	pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/**
 * The plugins that the packages below `folder` ask for: those in any `node_modules` whose package.json says
 * `"pulumi": { "resource": true }`.
 */
export function requiredPlugins(folder: string): RequiredPlugin[] {
	const found: RequiredPlugin[] = [];
	visit(folder, false, new Set(), found);
	return found;
}

function visit(folder: string, inNodeModules: boolean, visited: Set<string>, found: RequiredPlugin[]): void {
	const real = realpathSync(folder);
	if (visited.has(real)) return;
	visited.add(real);
	for (const entry of readdirSync(real, { withFileTypes: true })) {
		const path = join(real, entry.name);
		if (isFolder(path, entry)) {
			if (entry.name !== ".git") visit(path, inNodeModules || entry.name === "node_modules", visited, found);
		} else if (inNodeModules && entry.name === "package.json") {
			const plugin = pluginOf(path);
			if (plugin) found.push(plugin);
		}
	}
}

function isFolder(path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): boolean {
	if (!entry.isSymbolicLink()) return entry.isDirectory();
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function pluginOf(manifestPath: string): RequiredPlugin | undefined {
	const text = readFileSync(manifestPath, "utf8");
	// Nearly every manifest is someone else's; parsing them all would take most of this plugin's time.
	if (!text.includes('"pulumi"')) return undefined;
	let manifest: Manifest;
	try {
		manifest = JSON.parse(text) as Manifest;
	} catch {
		return undefined;
	}
	const pulumi = manifest.pulumi;
	const name = pulumi?.name ?? manifest.name?.match(/^@pulumi\/(.+)/)?.[1];
	const version = pulumi?.version ?? manifest.version;
	if (!pulumi?.resource || !name || !version) return undefined;
	return { name, version: version.startsWith("v") ? version : `v${version}`, server: pulumi.server ?? "" };
}
