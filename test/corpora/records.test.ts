import { expect, it } from "vitest";
import { corpusMissing } from "../../bench/corpora/corpus";
import { scoreRecords } from "../../bench/corpora/records";

const missing = corpusMissing("log-records.jsonl");

it.skipIf(missing)(
	`reads every audit record of AppArmor's tests as libapparmor does${missing ? `: ${missing}` : ""}`,
	() => {
		const score = scoreRecords();
		expect(score.misses).toEqual([]);
		expect(score.met).toBe(159);
	},
);
