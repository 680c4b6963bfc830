import { holdsSecrets } from "../danger/files";
import type { FileWant } from "../file-wants";
import type { Evidence } from "../options";
import { numbered } from "./numbers";
import { componentsOf, patternOf } from "./path";
import { rewriters } from "./rewrites";
import { siblings } from "./siblings";
import type { Vocabulary } from "./vocabulary";
import { joinWants, type PatternWant } from "./wants";

/**
 * The files as patterns: what is different at each run is left open, and files that only differ in that share a rule.
 * Each step may only open what its evidence speaks for, and none looks at a file that holds secrets.
 */
export function generalise(wants: readonly FileWant[], words: Vocabulary, evidence: Required<Evidence>): PatternWant[] {
	const single = wants.map((want) => rewrite(want, words));
	const steps = [numbered, siblings];
	return steps.reduce((current, step) => joinWants(step(current, evidence)), joinWants(single));
}

/** The file as its own pattern. */
export function literalWant(want: FileWant): PatternWant {
	const path = componentsOf(want.name);
	const { permissions, owner, provenance } = want;
	return { path, pattern: patternOf(path), permissions, owner, provenance, names: [want.name], reasons: [] };
}

function rewrite(want: FileWant, words: Vocabulary): PatternWant {
	const literal = literalWant(want);
	if (holdsSecrets(want.name)) return literal;
	let { path } = literal;
	const reasons: string[] = [];
	for (const rewriter of rewriters) {
		const found = rewriter(path, want, words);
		if (found === undefined) continue;
		path = found.path;
		reasons.push(found.reason);
	}
	return { ...literal, path, pattern: patternOf(path), reasons };
}
