import { expect, it } from "vitest";
import { corpusMissing, readCorpus, type Score } from "../../bench/corpora/corpus";
import { scorePairs } from "../../bench/corpora/pairs";
import { scoreProfiles } from "../../bench/corpora/profiles";
import { scoreRecords } from "../../bench/corpora/records";
import { scoreRules } from "../../bench/corpora/rules";
import { parsePolicy, readPolicy } from "../../src/policy/parse/parse";
import { printPolicy } from "../../src/policy/print/print";

/** A test on AppArmor's own test data; skipped, with the reason, where that is missing. */
function onCorpus(file: string, name: string, test: () => void): void {
	it(name, ({ skip }) => {
		const missing = corpusMissing(file);
		if (missing !== undefined) skip(missing);
		test();
	});
}

/** As many cases are met as docs/benchmarks.md says; the failure names those that are not. */
function expectShare({ met, total, misses }: Score, share: number): void {
	expect(total).toBeGreaterThan(0);
	if (met / total < share) expect(misses).toEqual([]);
}

onCorpus("log-records.jsonl", "every audit record is read as libapparmor reads it", () => {
	expectShare(scoreRecords(), 1);
});

onCorpus("log-records.jsonl", "rules are proposed as aa-logprof does", () => {
	expectShare(scoreRules(), 0.99);
});

onCorpus("profiles.jsonl", "policies are accepted and refused as by apparmor_parser", () => {
	expectShare(scoreProfiles(), 0.99);
});

onCorpus("policy-pairs.jsonl", "pairs are told equal or not as apparmor_parser compiles them", () => {
	expectShare(scorePairs().equality, 1);
});

onCorpus("policy-pairs.jsonl", "pairs are widened or narrowed as their rules say", () => {
	expectShare(scorePairs().direction, 1);
});

onCorpus("profiles.jsonl", "every policy that the parser accepts is read, and printed stably", () => {
	const cases = readCorpus<{ name: string; accept: boolean; text: string }>("profiles.jsonl");
	const accepted = cases.filter(({ accept }) => accept);
	expect(accepted.filter(({ text }) => readPolicy(text).errors.length > 0).map(({ name }) => name)).toEqual([]);
	for (const { name, text } of accepted) expectStable(name, text);
});

onCorpus("policy-pairs.jsonl", "every policy of the pairs is printed stably", () => {
	for (const { desc, a, b } of readCorpus<{ desc: string; a: string; b: string }>("policy-pairs.jsonl")) {
		expectStable(desc, a);
		expectStable(desc, b);
	}
});

function expectStable(name: string, text: string): void {
	const printed = printPolicy(parsePolicy(text));
	expect(printPolicy(parsePolicy(printed)), name).toBe(printed);
}
