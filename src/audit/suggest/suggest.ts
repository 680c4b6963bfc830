import type { EventGroup } from "../aggregate";
import type { AuditEvent } from "../event";
import { collect } from "./collect";
import { readCurrentPolicy } from "./current-policy";
import { observation } from "./observe";
import { type SuggestOptions, settingsOf } from "./options";
import { propose } from "./propose";
import type { Suggestion } from "./suggestion";
import { profileResolver } from "./transitions";

export type { Evidence, SuggestOptions } from "./options";
export type {
	AbstractionSuggestion,
	ChildSuggestion,
	FlagSuggestion,
	Provenance,
	RuleSuggestion,
	Suggestion,
	SuggestionLevel,
} from "./suggestion";

/**
 * The rules that would allow what the events were refused, or would have been in enforce mode: what aa-logprof
 * proposes, without its dialogue. Each comes with its reason, its severity and its provenance, and those that a
 * person must think about are marked: nothing of a level other than "ok" should be applied unread.
 *
 * The order of the events makes no difference. Events that name no profile, or that no rule could answer, are passed
 * over. Memory grows with the number of different accesses, not of events.
 *
 * @throws PolicyErrors where `options.policy` cannot be read.
 */
export function suggestRules(events: Iterable<AuditEvent | EventGroup>, options: SuggestOptions = {}): Suggestion[] {
	const settings = settingsOf(options);
	const policy = readCurrentPolicy(settings.policy, settings.include);
	const resolve = profileResolver(settings, policy.profileFor);
	const needs = collect(observe(events), settings, resolve, policy);
	return withoutRepeatedChildren(needs.flatMap((one) => propose(one, settings, policy)));
}

/** A child may be proposed by its parent's records and by its own: the parent's know why. */
function withoutRepeatedChildren(suggestions: Suggestion[]): Suggestion[] {
	const seen = new Set<string>();
	return suggestions.filter(({ kind, profile, namespace }) => {
		const key = `${namespace ?? ""}\0${profile}`;
		const repeated = kind === "child-profile" && seen.has(key);
		if (kind === "child-profile") seen.add(key);
		return !repeated;
	});
}

function* observe(events: Iterable<AuditEvent | EventGroup>): Generator<ReturnType<typeof observation>> {
	for (const event of events) yield observation(event);
}
