import { comparePolicies, type PolicyComparison } from "../../src/policy/compare/compare";
import { pathCovers } from "../../src/policy/compare/glob";
import { expandPolicy } from "../../src/policy/expand/expand";
import { parsePolicy } from "../../src/policy/parse/parse";
import { printRule } from "../../src/policy/print/print";
import type { Rule } from "../../src/policy/rules";
import type { FileRule } from "../../src/policy/rules/file";
import { readCorpus, type Score } from "./corpus";

interface Pair {
	desc: string;
	equal: boolean;
	a: string;
	b: string;
}

/**
 * How well `comparePolicies` tells whether two policies compile to the same, and, where they do not and it follows from
 * the rules themselves, in which direction they differ.
 */
export function scorePairs(): { equality: Score; direction: Score } {
	const equality: Score = { what: "policy pairs told equal or not", met: 0, total: 0, misses: [] };
	const direction: Score = { what: "differing policy pairs with the right direction", met: 0, total: 0, misses: [] };
	for (const pair of readCorpus<Pair>("policy-pairs.jsonl")) {
		const name = `${pair.desc}\n${pair.a}\n${pair.b}`;
		const comparison = compare(pair);
		count(equality, name, equalityReason(pair, comparison));
		const expected = pair.equal ? undefined : expectedDirections(pair.a, pair.b);
		if (expected !== undefined) count(direction, name, directionReason(expected, comparison));
	}
	return { equality, direction };
}

function compare({ a, b }: Pair): PolicyComparison | Error {
	try {
		return comparePolicies(a, b);
	} catch (error) {
		if (error instanceof Error) return error;
		throw error;
	}
}

function count(score: Score, name: string, reason: string | undefined): void {
	score.total++;
	if (reason === undefined) score.met++;
	else score.misses.push({ name, reason });
}

function equalityReason(pair: Pair, comparison: PolicyComparison | Error): string | undefined {
	if (comparison instanceof Error) return comparison.message;
	if (comparison.equal === pair.equal) return undefined;
	return pair.equal ? "said to differ" : "said to be equal";
}

const directions = ["widened", "narrowed", "auditChanged"] as const;

/** Directions that a difference must have, and those that it cannot have. */
interface Expected {
	must: (typeof directions)[number][];
	never: (typeof directions)[number][];
}

function directionReason({ must, never }: Expected, comparison: PolicyComparison | Error): string | undefined {
	if (comparison instanceof Error) return comparison.message;
	const found = directions.filter((direction) => comparison[direction].length > 0);
	const missing = must.length > 0 && !must.some((direction) => found.includes(direction));
	const wrong = never.filter((direction) => found.includes(direction));
	if (!missing && wrong.length === 0) return undefined;
	return `${found.join(", ") || "nothing"} where ${must.join(" or ")} was expected, and never ${never.join(", ")}`;
}

/**
 * What follows from the rules of two profiles alone, which differ only in some of them: rules that allow cannot narrow
 * where they are added, rules that deny cannot widen. Of executions, of which a rule decides the transition of another,
 * only those to and from no profile; none of priorities. Undefined where nothing follows.
 */
function expectedDirections(a: string, b: string): Expected | undefined {
	const [before, after] = [readRules(a), readRules(b)];
	if (before === undefined || after === undefined) return undefined;
	const gone = [...before].filter(([text]) => !after.has(text)).map(([, rule]) => rule);
	const added = [...after].filter(([text]) => !before.has(text)).map(([, rule]) => rule);
	const kept = [...before].filter(([text]) => after.has(text)).map(([, rule]) => rule);
	if ([...gone, ...added].some((rule) => !isPlain(rule))) return transitionDirections(gone, added, kept);
	const widens = added.some((rule) => !denies(rule)) || gone.some(denies);
	const narrows = added.some(denies) || gone.some((rule) => !denies(rule));
	if (widens && !narrows) return { must: ["widened", "auditChanged"], never: ["narrowed"] };
	if (narrows && !widens) return { must: ["narrowed", "auditChanged"], never: ["widened"] };
	const [from, to] = [gone[0], added[0]];
	if (from === undefined || to === undefined || gone.length + added.length !== 2) return undefined;
	return sameBut(from, to);
}

/** A rule in place of one that differs in its qualifiers only. */
function sameBut(from: Rule, to: Rule): Expected | undefined {
	const bare = (rule: Rule): string => printRule({ ...rule, qualifiers: {} } as Rule);
	if (bare(from) !== bare(to)) return undefined;
	if (denies(from) === denies(to)) return { must: ["auditChanged"], never: ["widened", "narrowed"] };
	return denies(to) ? { must: ["narrowed"], never: ["widened"] } : { must: ["widened"], never: ["narrowed"] };
}

/** A rule for one program over one for several, which is more or less confined than that: unconfined or not. */
function transitionDirections(gone: Rule[], added: Rule[], kept: Rule[]): Expected | undefined {
	const [special, second] = [...gone, ...added];
	if (second !== undefined || !isExecution(special) || /[*?[]/.test(special.path)) return undefined;
	const general = kept.find((rule) => isExecution(rule) && pathCovers(rule.path, special.path));
	if (!isExecution(general) || isUnconfined(general) === isUnconfined(special)) return undefined;
	const to = added.length > 0 ? special : general;
	return { must: [isUnconfined(to) ? "widened" : "narrowed"], never: [] };
}

type Execution = FileRule & { path: string; exec: string };

function isExecution(rule: Rule | undefined): rule is Execution {
	return rule?.kind === "file" && rule.path !== undefined && rule.exec !== undefined && rule.exec !== "x";
}

const isUnconfined = ({ exec }: Execution): boolean => exec.toLowerCase() === "ux";

function readRules(text: string): Map<string, Rule> | undefined {
	const [profile, other] = expandPolicy(parsePolicy(text)).expanded.profiles;
	if (profile === undefined || other !== undefined) return undefined;
	return new Map(profile.rules.map((rule) => [printRule(rule), rule]));
}

const denies = (rule: Rule): boolean => rule.qualifiers.access === "deny";

function isPlain(rule: Rule): boolean {
	const { priority = 0, access } = rule.qualifiers;
	return priority === 0 && access !== "prompt" && !isExecution(rule) && rule.kind !== "rlimit";
}
