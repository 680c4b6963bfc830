import { toBytes } from "./bytes";
import { Dfa, walk } from "./dfa";
import { parseGlob } from "./glob-pattern";
import { TooComplex } from "./nfa";

/**
 * Whether a glob matches every path that another one matches. False, too, where telling takes too much work.
 *
 * @throws GlobError where one of the two is not a glob.
 */
export function pathCovers(glob: string, other: string): boolean {
	if (glob === other) return true;
	const [covers, is] = relation(glob, other, (one, two) => two && !one);
	return is && covers === undefined;
}

/**
 * Whether a path exists that both globs match. True, too, where telling takes too much work.
 *
 * @throws GlobError where one of the two is not a glob.
 */
export function pathsOverlap(glob: string, other: string): boolean {
	const [found, is] = relation(glob, other, (one, two) => one && two);
	return !is || found !== undefined;
}

/**
 * Whether a glob matches a path; a folder's path ends with a slash.
 *
 * @throws GlobError where it is not a glob.
 */
export function matchesPath(glob: string, path: string): boolean {
	return new Dfa([parseGlob(glob)]).match(toBytes(path)).length > 0;
}

/** @returns a path of which `asked` is true, and whether that could be told. */
function relation(
	glob: string,
	other: string,
	asked: (one: boolean, two: boolean) => boolean,
): [path: Uint8Array | undefined, told: boolean] {
	let found: Uint8Array | undefined;
	try {
		// Where the other cannot match any more, neither question can be answered with yes.
		walk(new Dfa([parseGlob(glob), parseGlob(other)], (pattern) => pattern === 1), (accepts, path) => {
			if (asked(accepts.includes(0), accepts.includes(1))) found = path();
			return found !== undefined;
		});
	} catch (error) {
		if (!(error instanceof TooComplex)) throw error;
		return [undefined, false];
	}
	return [found, true];
}
