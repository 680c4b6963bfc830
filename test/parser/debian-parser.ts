import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Release, releases } from "../../sandbox/release";
import { type DebianTree, debianTree, runInTree } from "../../sandbox/tree";
import { releasesUnderTest } from "../e2e/releases";

/** AppArmor's parser and all the policy that Debian has for it. */
const packages = ["apparmor", "apparmor-profiles", "apparmor-profiles-extra"];

/** The `apparmor_parser` of a Debian release, with that release's policy. */
export interface DebianParser {
	release: Release;
	/** The release's /etc/apparmor.d, as a folder of this machine. */
	policyFolder: string;
	/** Paths below `policyFolder` of every profile and abstraction in it, sorted. */
	files(): string[];
	/** What the parser makes of a policy for a kernel that can do everything that this parser knows. @throws with the parser's words. */
	compile(text: string | Uint8Array): Promise<Buffer>;
}

/** The trees that this tier needs, made beforehand so that their progress can be seen. */
export async function ensureDebianParsers(): Promise<void> {
	for (const release of releasesUnderTest) await debianTree(release, packages);
}

export async function parserOf(release: Release): Promise<DebianParser> {
	const tree = await debianTree(release, packages);
	const policyFolder = join(tree.folder, "etc", "apparmor.d");
	return {
		release,
		policyFolder,
		files: () => policyFiles(policyFolder),
		compile: (text) => compile(tree, text),
	};
}

async function compile(tree: DebianTree, text: string | Uint8Array): Promise<Buffer> {
	const features = newestAbi(tree);
	const options = ["--skip-kernel-load", "--skip-cache", "--stdout", "--features-file", features];
	// It orders some of its output by addresses, which would differ from run to run.
	const fixed = ["setarch", "--addr-no-randomize", "apparmor_parser"];
	const result = await runInTree(tree, [...fixed, ...options, "--policy-features", features], text);
	if (result.exitCode === 0) return Buffer.from(result.stdout);
	const words = Buffer.from(result.stderr).toString().trim();
	throw new Error(`apparmor_parser of ${releases[tree.release].title}: ${words || `exit code ${result.exitCode}`}`);
}

/** The newest ABI that the release has: without one, rules of newer classes would be left out unseen. */
function newestAbi(tree: DebianTree): string {
	const names = readdirSync(join(tree.folder, "etc/apparmor.d/abi")).filter((name) => /^\d/.test(name));
	return `/etc/apparmor.d/abi/${names.sort().at(-1)}`;
}

function policyFiles(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !/(^|\/)README$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.filter((path) => !/^(abi|disable|force-complain|cache)\//.test(path))
		.filter((path) => isText(join(folder, path)))
		.sort();
}

function isText(path: string): boolean {
	return !readFileSync(path).includes(0);
}
