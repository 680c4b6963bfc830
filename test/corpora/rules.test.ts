import { expect, it } from "vitest";
import { corpusMissing } from "../../bench/corpora/corpus";
import { scoreRules } from "../../bench/corpora/rules";

const missing = corpusMissing("log-records.jsonl");

it.skipIf(missing !== undefined)("rules are proposed as aa-logprof does, but for the hat that it asks about", () => {
	const { met, total, misses } = scoreRules();
	expect(misses.map(({ name }) => name)).toEqual(["testcase_changehat_01"]);
	expect([met, total]).toEqual([158, 159]);
});
