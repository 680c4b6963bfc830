import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { IncludeReader } from "../policy/expand/expanded";

/** Where AppArmor keeps its own policy, and its parser looks for `<…>`. */
const systemFolder = "/etc/apparmor.d";

/** Folders for includes that are none. */
export class NoSuchFolder extends Error {
	override readonly name = "NoSuchFolder";

	constructor(readonly folders: string[]) {
		super(folders.map((folder) => `${folder}: there is no such folder to read includes from`).join("\n"));
	}
}

/**
 * Reads includes as `apparmor_parser` finds them: `<…>` in the folders, the first that has it; a quoted path from
 * where the program runs.
 *
 * @param folders copies of a host's /etc/apparmor.d; this machine's own where none is named.
 * @returns undefined where no folder is named and this machine has no AppArmor policy.
 * @throws NoSuchFolder naming every folder that is none.
 */
export function includesFrom(folders: string[] = []): IncludeReader | undefined {
	const wrong = folders.filter((folder) => !statSync(folder, { throwIfNoEntry: false })?.isDirectory());
	if (wrong.length > 0) throw new NoSuchFolder(wrong);
	if (folders.length === 0 && !existsSync(join(systemFolder, "tunables"))) return undefined;
	const bases = folders.length > 0 ? folders : [systemFolder];
	return (path, magic) => {
		const candidates = isAbsolute(path) || !magic ? [path] : bases.map((base) => join(base, path));
		const found = candidates.find((candidate) => existsSync(candidate));
		return found === undefined ? undefined : readAll(found);
	};
}

function readAll(path: string): { file: string; text: string }[] {
	if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, "utf8") }];
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(path, entry.name))
		.sort()
		.map((file) => ({ file, text: readFileSync(file, "utf8") }));
}
