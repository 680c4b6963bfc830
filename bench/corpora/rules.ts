import type { AuditEvent } from "../../src/audit/event";
import { parseAuditRecord } from "../../src/audit/record/parse";
import { formatProfile } from "../../src/audit/suggest/format/profile";
import { suggestRules } from "../../src/audit/suggest/suggest";
import { readCorpus, type Score } from "./corpus";

interface Case {
	name: string;
	log: string;
	/** What aa-logprof proposes; absent where it proposes nothing, or asks. */
	rules?: string;
}

/**
 * Whether the rules that are proposed for a record are aa-logprof's, white space aside: literal paths, no abstractions,
 * profiles as the kernel names them, as in the AppArmor project's own test of its tools.
 */
export function scoreRules(): Score {
	const cases = readCorpus<Case>("log-records.jsonl");
	const misses = cases.flatMap((one) => {
		const expected = plain(one.rules);
		const found = plain(proposed(one));
		return expected === found ? [] : [{ name: one.name, reason: `aa-logprof: ${expected}; here: ${found}` }];
	});
	return { what: "rules proposed as aa-logprof does", met: cases.length - misses.length, total: cases.length, misses };
}

function proposed({ log, rules }: Case): string | undefined {
	const event = parseAuditRecord(log.trim());
	const suggestions = suggestRules(event === undefined ? [] : [event], {
		generalise: false,
		abstractions: false,
		transitions: "keep",
	});
	if (suggestions.length === 0 && rules === undefined) return undefined;
	return formatProfile(suggestions, { profiles: profileOf(event), comments: false, dangerous: "write" });
}

/** aa-logprof's test shows the profile even where it proposes nothing for it. */
const profileOf = (event: AuditEvent | undefined): string[] => (event?.profile === undefined ? [] : [event.profile]);

const plain = (text: string | undefined): string =>
	text
		?.split(/\s+/)
		.filter((word) => word !== "")
		.join(" ") ?? "nothing";
