import type { FileWant } from "../file-wants";
import { literalPattern } from "../literal";
import { type Component, withPattern, withPrefix } from "./path";
import type { Vocabulary } from "./vocabulary";

/** A path that stands for others of its kind, and why it may. */
export interface Rewrite {
	path: Component[];
	reason: string;
}

/** Finds in a path what will be different the next time; undefined where there is nothing of the kind. */
type Rewriter = (path: Component[], want: FileWant, words: Vocabulary) => Rewrite | undefined;

const isNumber = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text);

/** `/proc/1234/task/1240/…`: process and thread numbers. */
const processes: Rewriter = (path, _want, words) => {
	// Number 1 is always the first process.
	if (path[1]?.name !== "proc" || !isNumber(path[2]?.name) || path[2]?.name === "1") return undefined;
	let rewritten = withPrefix(path, 3, words.proc, words.pid);
	if (rewritten[2]?.name === "task" && isNumber(rewritten[3]?.name)) rewritten = withPattern(rewritten, 3, words.tid);
	if (/^fd(info)?$/.test(rewritten[2]?.name ?? "") && isNumber(rewritten[3]?.name))
		rewritten = withPattern(rewritten, 3, "[0-9]*");
	return { path: rewritten, reason: "a process has another number each time" };
};

/** `/run/user/1000/…`: each user has a folder there. */
const runtimeFolders: Rewriter = (path, _want, words) => {
	const at = path[1]?.name === "var" ? 2 : 1;
	if (path[at]?.name !== "run" || path[at + 1]?.name !== "user" || !isNumber(path[at + 2]?.name)) return undefined;
	const rewritten = withPrefix(path, at + 1, words.run);
	return {
		path: withPattern(rewritten, 2, words.uid),
		reason: "the folder belongs to whichever user runs the program",
	};
};

/** `/home/alice/…` when its owner is the one who runs the program. */
const homes: Rewriter = (path, want, words) => {
	if (!want.owner || path[1]?.name !== "home" || path.length < 5 - (path.at(-1)?.name === "" ? 1 : 0)) return undefined;
	return { path: withPrefix(path, 3, words.home), reason: "each user has a home folder of their own" };
};

const temporaryRoots = /^\/(tmp|var\/tmp|dev\/shm)$/;
/** What mkstemp and its kin put in the place of XXXXXX, behind something that stays. */
const randomEnd = /^(.*[._-])([A-Za-z0-9]{6,12})(\.[A-Za-z0-9]{1,5})?$/;
const pythonTemporary = /^(tmp)([a-z0-9_]{8})(\.[A-Za-z0-9]{1,5})?$/;

/** `/tmp/myapp.Xa81bc`: the end of the name is random. */
const temporaryNames: Rewriter = (path, _want) => {
	const at = [2, 3].find((index) =>
		temporaryRoots.test(
			path
				.slice(0, index)
				.map(({ name }) => name)
				.join("/"),
		),
	);
	const name = at === undefined ? undefined : path[at]?.name;
	if (at === undefined || name === undefined) return undefined;
	const found = pythonTemporary.exec(name) ?? randomEnd.exec(name);
	const [, start = "", random = "", end = ""] = found ?? [];
	if (!looksRandom(random)) return undefined;
	const pattern = `${literalPattern(start)}${"?".repeat(random.length)}${literalPattern(end)}`;
	return { path: withPattern(path, at, pattern), reason: "the end of a temporary file's name is random" };
};

/** Has capitals and small letters, or letters and digits: not a word. */
function looksRandom(text: string): boolean {
	if (text === "") return false;
	const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(text)).length;
	return kinds >= 2 && !/^[A-Z]?[a-z]+$/.test(text) && !/^[a-z]+\d{1,3}$/.test(text);
}

const uuid = /[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/g;
/** The lengths of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512. */
const hash =
	/(?<![0-9a-zA-Z])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-zA-Z])/g;

/** Parts of names that are UUIDs or hashes of content: `cache-d41d8cd98f00b204e9800998ecf8427e.bin`. */
const identifiers: Rewriter = (path, want) => {
	if (!/[0-9a-f]{32}|-[0-9a-fA-F]{12}/.test(want.name)) return undefined;
	let changed = false;
	const rewritten = path.map((component) => {
		if (component.pattern !== undefined) return component;
		const pattern = replaced(component.name, [uuid, hash], "[0-9a-fA-F]*");
		if (pattern === undefined) return component;
		changed = true;
		return { ...component, pattern };
	});
	return changed ? { path: rewritten, reason: "a UUID or hash in the name is another for each object" } : undefined;
};

/** The name with a pattern for all that the expressions find; undefined where they find nothing. */
function replaced(name: string, expressions: readonly RegExp[], pattern: string): string | undefined {
	const parts = expressions.reduce((pieces, expression) => pieces.flatMap((piece) => piece.split(expression)), [name]);
	return parts.length === 1 ? undefined : parts.map(literalPattern).join(pattern);
}

const packageFolders = /^\/(usr\/(local\/)?)?(lib|lib32|lib64|libx32|share|libexec)(\/|$)|^\/opt\//;
const architecture = /^(x86_64|i386|aarch64|arm|powerpc64le|s390x|riscv64|mips64el)-linux-gnu[a-z0-9]*$/;
const libraryVersion = /^(.+\.so)((?:\.\d+)+)$/;
const version = /(?<![0-9])\d+(?:\.\d+)+(?![0-9])/g;

/** Versions in the names of libraries and of folders that packages bring, which an update changes. */
const versions: Rewriter = (path, _want, words) => {
	if (!packageFolders.test(path.map(({ name }) => name).join("/"))) return undefined;
	let changed = false;
	const rewritten = path.map((component) => {
		if (component.pattern !== undefined) return component;
		const pattern = versionPattern(component.name, words);
		if (pattern === undefined) return component;
		changed ||= pattern !== words.multiarch;
		return { ...component, pattern };
	});
	return changed ? { path: rewritten, reason: "an update brings another version" } : undefined;
};

function versionPattern(name: string, words: Vocabulary): string | undefined {
	if (architecture.test(name)) return words.multiarch;
	const [, library] = libraryVersion.exec(name) ?? [];
	if (library === undefined) return replaced(name, [version], "[0-9]*");
	return `${replaced(library, [version], "[0-9]*") ?? literalPattern(library)}.[0-9]*`;
}

/** In this order: the first ones know the place, the last ones look at names. */
export const rewriters: readonly Rewriter[] = [processes, runtimeFolders, homes, temporaryNames, identifiers, versions];
