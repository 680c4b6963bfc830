import { expect, it } from "vitest";
import { corpusMissing, readCorpus } from "../../bench/corpora/corpus";
import { parsePolicy, readPolicy } from "../../src/policy/parse/parse";
import { printPolicy } from "../../src/policy/print/print";

const missing = corpusMissing("profiles.jsonl") ?? corpusMissing("policy-pairs.jsonl");

function expectStable(name: string, text: string): void {
	const printed = printPolicy(parsePolicy(text));
	expect(printPolicy(parsePolicy(printed)), name).toBe(printed);
}

it.skipIf(missing)(`reads every policy that AppArmor's tests accept${missing ? `: ${missing}` : ""}`, () => {
	const cases = readCorpus<{ name: string; accept: boolean; text: string }>("profiles.jsonl");
	const refused = cases.filter(({ accept, text }) => accept && readPolicy(text).errors.length > 0);
	expect(refused.map(({ name }) => name)).toEqual([]);
	for (const { name, accept, text } of cases) if (accept) expectStable(name, text);
});

it.skipIf(missing)(
	`reads and prints every policy that AppArmor's tests compare${missing ? `: ${missing}` : ""}`,
	() => {
		for (const { desc, a, b } of readCorpus<{ desc: string; a: string; b: string }>("policy-pairs.jsonl")) {
			expectStable(desc, a);
			expectStable(desc, b);
		}
	},
);
