import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assetArchive, type Bag, fileAsset } from "../values";

/** The files below `folder` that the globs choose, as assets by their relative path; `!` excludes. */
export function assets(folder: string, globs: string[]): Bag {
	const rules = globs.map((glob) => ({ exclude: glob.startsWith("!"), pattern: globPattern(glob.replace(/^!/, "")) }));
	const chosen: Bag = {};
	for (const path of filesBelow(folder)) {
		for (const { exclude, pattern } of rules) {
			if (!pattern.test(path)) continue;
			if (exclude) delete chosen[path];
			else {
				const file = join(folder, path);
				chosen[path] = fileAsset(file, createHash("sha256").update(readFileSync(file)).digest("hex"));
			}
		}
	}
	return chosen;
}

export const archive = (folder: string, globs: string[]): Bag => assetArchive(assets(folder, globs));

function* filesBelow(folder: string, prefix = ""): Generator<string> {
	for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true }).sort((a, b) =>
		a.name < b.name ? -1 : 1,
	)) {
		const path = prefix + entry.name;
		if (entry.isDirectory()) yield* filesBelow(folder, `${path}/`);
		else yield path;
	}
}

/** A glob as github.com/gobwas/glob reads it with `/` as separator: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}`. */
export function globPattern(glob: string): RegExp {
	let braces = 0;
	const source = glob.replace(/\*\*|\\.|\[!?[^\]]*\]|[\s\S]/g, (token) => {
		if (token === "**") return ".*";
		if (token === "*") return "[^/]*";
		if (token === "?") return "[^/]";
		if (token.length > 1 && token.startsWith("[")) return token.replace(/^\[!/, "[^");
		if (token.length > 1) return `\\${token.slice(1)}`;
		if (token === "{") {
			braces++;
			return "(?:";
		}
		if (token === "}" && braces > 0) {
			braces--;
			return ")";
		}
		if (token === "," && braces > 0) return "|";
		return token.replace(/[.+^$()|\]}{\\/-]/, "\\$&");
	});
	return new RegExp(`^${source}$`, "s");
}
