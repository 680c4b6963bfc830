import { describe, expect, it } from "vitest";
import { corpusMissing } from "../../bench/corpora/corpus";
import { scorePairs } from "../../bench/corpora/pairs";

const missing = corpusMissing("policy-pairs.jsonl");

describe.skipIf(missing)(`AppArmor's own policy pairs${missing ? `: ${missing}` : ""}`, () => {
	const { equality, direction } = missing ? { equality: undefined, direction: undefined } : scorePairs();

	it("are told equal or not as apparmor_parser compiles them", () => {
		expect(equality?.misses).toEqual([]);
		expect(equality?.met).toBe(1858);
	});

	it("are widened or narrowed as their rules say", () => {
		expect(direction?.misses).toEqual([]);
		expect(direction?.met).toBe(376);
	});
});
