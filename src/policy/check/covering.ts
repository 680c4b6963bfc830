import { pathCovers, pathsOverlap } from "../compare/glob";
import { literalStart } from "./start-index";

/** With more wildcards than this a regular expression could take long on an unlucky text. */
const maxWildcards = 6;

const longest = 500;

/** How many pairs of globs may be compared as automata, each of which takes about a millisecond. */
const maxComparisons = 500;

/** How many pairs of globs may be looked at. */
const maxLooks = 200_000;

/**
 * Tells of many pairs of globs whether one matches all that the other does, and whether both match some path. Nearly
 * always one example of what a glob matches is enough to tell, which costs a thousandth of comparing two as automata.
 * Of that there is only so much, so that no policy takes long: the answers to further questions are "no".
 */
export class Covering {
	private readonly examples = new Map<string, string | undefined>();
	private readonly patterns = new Map<string, RegExp | undefined>();
	private comparisons = maxComparisons;
	private looks = maxLooks;

	/** Whether every further question is answered with "no". */
	get exhausted(): boolean {
		return this.looks <= 0;
	}

	/** Whether a glob matches all that another one matches. */
	covers(glob: string, other: string): boolean {
		if (glob === other) return true;
		if (this.looks-- <= 0 || this.matchesExample(glob, other) === false) return false;
		return this.comparisons-- > 0 && pathCovers(glob, other);
	}

	/** Whether there is a path that both match. */
	overlap(glob: string, other: string): boolean {
		if (glob === other) return true;
		if (this.looks-- <= 0 || !mayOverlap(glob, other)) return false;
		if (this.matchesExample(glob, other) === true) return true;
		return this.comparisons-- > 0 && pathsOverlap(glob, other);
	}

	/** Whether a glob matches one example of what another one matches; undefined where that cannot be told at little cost. */
	private matchesExample(glob: string, other: string): boolean | undefined {
		const example = remembered(this.examples, other, exampleOf);
		const pattern = remembered(this.patterns, glob, patternOf);
		return example === undefined ? undefined : pattern?.test(example);
	}
}

/** Whether the text before the first wildcard of the one begins that of the other. */
function mayOverlap(one: string, two: string): boolean {
	const [a, b] = [literalStart(one), literalStart(two)];
	if (a === one && b === two) return false;
	return a.startsWith(b) || b.startsWith(a);
}

function remembered<Value>(known: Map<string, Value>, key: string, make: (key: string) => Value): Value {
	const value = known.get(key);
	if (value !== undefined || known.has(key)) return value as Value;
	const made = make(key);
	known.set(key, made);
	return made;
}

/** A path that a glob matches; undefined where that takes more than replacing. */
function exampleOf(glob: string): string | undefined {
	const protectedGlob = withoutEscapes(glob);
	if (protectedGlob === undefined) return undefined;
	let text = protectedGlob.replace(/\[\^[^\]]*\]/g, "Q").replace(/\[(.)[^\]]*\]/g, "$1");
	// Each alternation from inside out: its first alternative.
	for (let before = ""; before !== text; ) {
		before = text;
		text = text.replace(/\{([^{},]*),[^{}]*\}/g, "$1");
	}
	return text
		.replace(/\*\*+/g, "Q/Q")
		.replace(/[*?]/g, "Q")
		.replace(/[\uE000-\uE07F]/g, original);
}

/**
 * A glob as a regular expression, which may match a little more than it: an empty component for a `*`, and whatever for
 * `[^…]`; undefined where that might be slow.
 */
function patternOf(glob: string): RegExp | undefined {
	const protectedGlob = withoutEscapes(glob);
	if (protectedGlob === undefined || (glob.match(/\*+/g)?.length ?? 0) > maxWildcards) return undefined;
	let depth = 0;
	const source = protectedGlob.replace(/\[[^\]]*\]|\*\*|[*?{},]|[^\w/]/gu, (found) => {
		if (found.startsWith("["))
			return found.includes("^") ? "." : `[${found.slice(1, -1).replace(/[^\w-]/gu, escaped)}]`;
		if (found === "**") return ".*";
		if (found === "*") return "[^/]*";
		if (found === "?") return "[^/]";
		if (found === "{") depth++;
		if (found === "}") depth--;
		if (found === "{") return "(?:";
		if (found === "}") return ")";
		return found === "," && depth > 0 ? "|" : escaped(found);
	});
	try {
		return new RegExp(`^${source}$`, "su");
	} catch {
		return undefined;
	}
}

function escaped(character: string): string {
	return `\\u{${original(character).codePointAt(0)?.toString(16)}}`;
}

/** Where the characters that were escaped are, out of the way of those that have a meaning. */
const shelter = 0xe000;

/** A glob with its escaped punctuation in the shelter; undefined where it is long, or has other escapes. */
function withoutEscapes(glob: string): string | undefined {
	if (glob.length > longest) return undefined;
	const text = glob.replace(/\\([ -/:-@[-`{-~])/g, (_, character: string) =>
		String.fromCharCode(shelter + character.charCodeAt(0)),
	);
	return text.includes("\\") ? undefined : text;
}

function original(character: string): string {
	const code = character.charCodeAt(0);
	return code >= shelter && code < shelter + 0x80 ? String.fromCharCode(code - shelter) : character;
}
