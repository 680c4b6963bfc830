import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Dependency {
	name: string;
	version: string;
}

interface Manifest {
	version?: string;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
}

const read = <T>(file: string) => JSON.parse(readFileSync(file, "utf8")) as T;

/** The npm packages that a program is installed with: those that its package.json names, or all. */
export function programDependencies(folder: string, transitive: boolean): Dependency[] {
	const root = packageRoot(folder);
	if (!root) return [];
	return transitive ? allInstalled(root) : named(root);
}

function packageRoot(folder: string): string | undefined {
	if (existsSync(join(folder, "package.json"))) return folder;
	return dirname(folder) === folder ? undefined : packageRoot(dirname(folder));
}

function named(root: string): Dependency[] {
	const { dependencies, devDependencies } = read<Manifest>(join(root, "package.json"));
	return Object.keys({ ...dependencies, ...devDependencies }).flatMap((name) => {
		const manifest = join(root, "node_modules", name, "package.json");
		return existsSync(manifest) ? [{ name, version: read<Manifest>(manifest).version ?? "" }] : [];
	});
}

/** npm keeps a list of what it has installed. */
function allInstalled(root: string): Dependency[] {
	const list = join(root, "node_modules", ".package-lock.json");
	if (!existsSync(list)) return named(root);
	const { packages } = read<{ packages: Record<string, { version?: string }> }>(list);
	return Object.entries(packages).map(([path, { version = "" }]) => ({
		name: path.replace(/^.*node_modules\//, ""),
		version,
	}));
}
