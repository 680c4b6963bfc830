import { existsSync } from "node:fs";
import { execa } from "execa";
import { type Release, releases } from "./release";

/** Where this machine's apt takes Debian from; undefined where it does not use Debian (on Ubuntu, say). */
export interface DebianMirrors {
	main?: string;
	security?: string;
}

/** The fields that `apt-get indextargets` is asked for, one line an index, whatever format the sources have. */
const indexFormat = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(LABEL)";

/**
 * Finds Debian's own archives in the output of `apt-get indextargets`. Origin and label are known once
 * `apt-get update` has run; before that, an archive is Debian's if its address ends as Debian's do.
 */
export function parseMirrors(indexTargets: string): DebianMirrors {
	const mirrors: DebianMirrors = {};
	for (const line of indexTargets.split("\n")) {
		const [uri, suite, component, origin, label] = line.split("|").map((field) => field.trim());
		if (!uri || !suite || component !== "main") continue;
		const known = origin !== "" && origin !== "$(ORIGIN)";
		const isSecurity = known ? origin === "Debian" && label === "Debian-Security" : /\/debian-security\/?$/.test(uri);
		const isMain = known ? origin === "Debian" && label === "Debian" : /\/debian\/?$/.test(uri);
		if (isSecurity) mirrors.security ??= uri;
		else if (isMain) mirrors.main ??= uri;
	}
	return mirrors;
}

/** The lines of a sources.list for `release`; none leaves the choice of mirror to mmdebstrap. */
export function sourcesFor(release: Release, mirrors: DebianMirrors): string[] {
	if (!mirrors.main) return [];
	const lines = [`deb ${mirrors.main} ${release} main`];
	if (releases[release].hasSecuritySuite) {
		lines.push(`deb ${mirrors.main} ${release}-updates main`);
		if (mirrors.security) lines.push(`deb ${mirrors.security} ${release}-security main`);
	}
	return lines;
}

/** The `Acquire` settings out of `apt-config dump` (proxies, validity checks), as apt.conf lines. */
export function parseAcquireOptions(dump: string): string[] {
	return dump
		.split("\n")
		.filter((line) => /^Acquire::[^ ]+ ".+";$/.test(line))
		.filter((line) => /^Acquire::(Check-|https?::|ftp::|Retries|ForceIPv)/i.test(line))
		.map((line) => line.replace(/;$/, ""));
}

export async function machineMirrors(): Promise<DebianMirrors> {
	const { stdout } = await execa("apt-get", ["indextargets", "--format", indexFormat, "Created-By: Packages"]);
	return parseMirrors(stdout);
}

export async function machineAcquireOptions(): Promise<string[]> {
	const { stdout } = await execa("apt-config", ["dump"]);
	return parseAcquireOptions(stdout);
}

/** Debian's keyring, which also signs the releases newer than this machine's. */
export function debianKeyring(): string {
	const names = ["debian-archive-keyring.pgp", "debian-archive-keyring.gpg"];
	const found = names.map((name) => `/usr/share/keyrings/${name}`).find((path) => existsSync(path));
	if (!found) throw new Error("Debian's keyring is missing: install the package debian-archive-keyring");
	return found;
}
