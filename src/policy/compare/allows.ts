import type { ExpandedProfile } from "../expand/expanded";
import type { Access, Verdict } from "./access";
import { type Question, questionsOf } from "./access-bytes";
import { capabilityEffects } from "./capabilities";
import { Dfa } from "./dfa";
import { type Effect, effectOf } from "./effect";
import { entriesOf } from "./entries";
import type { Entry } from "./entry";
import { TooComplex } from "./nfa";
import { isExact } from "./pattern";
import type { SpaceName } from "./spaces";

/** Answers what a profile says to accesses. */
export interface AccessChecker {
	/** What the profile's rules say to an access, whatever its mode is. */
	verdict(access: Access): Verdict;
}

/**
 * An answerer for one profile. Making one reads the rules; its automata are made as questions come, so that the more are
 * asked the less each costs.
 *
 * An answer that would take too much work, of which only a hostile policy is capable, is "none".
 *
 * @throws PolicyError where a rule has a pattern that `apparmor_parser` refuses.
 */
export function createAccessChecker(profile: ExpandedProfile): AccessChecker {
	const bySpace = entriesOf(profile);
	const matchers = new Map<SpaceName, (bytes: Uint8Array) => Effect>();
	const effectAt = (space: SpaceName, bytes: Uint8Array): Effect => {
		let matcher = matchers.get(space);
		if (matcher === undefined) {
			matcher = createMatcher(bySpace.get(space) ?? []);
			matchers.set(space, matcher);
		}
		return matcher(bytes);
	};
	const capability = capabilityEffects(profile.rules);
	return {
		verdict: (access) => {
			if (access.class === "capability") {
				const effect = capability.get(access.capability);
				return effect?.denied ? "deny" : effect?.allowed ? "allow" : "none";
			}
			return worst(questionsOf(access).map((question) => answer(question, effectAt)));
		},
	};
}

function answer(
	{ space, bytes, permissions }: Question,
	effectAt: (space: SpaceName, bytes: Uint8Array) => Effect,
): Verdict {
	const effect = effectAt(space, bytes);
	if ((effect.denied & permissions) !== 0) return "deny";
	return (permissions & ~effect.allowed) === 0 ? "allow" : "none";
}

/** Everything that an access needs must be allowed. */
function worst(verdicts: Verdict[]): Verdict {
	return verdicts.includes("deny") ? "deny" : verdicts.includes("none") ? "none" : "allow";
}

function createMatcher(entries: Entry[]): (bytes: Uint8Array) => Effect {
	const nothing = effectOf([], () => false);
	const exact = new Map(entries.map((entry) => [entry, isExact(entry.pattern)]));
	const effects = new Map<string, Effect>();
	let dfa: Dfa | undefined;
	return (bytes) => {
		try {
			// One that has grown too large begins anew.
			dfa ??= new Dfa(entries.map((entry) => entry.pattern));
			const matching = dfa.match(bytes);
			const key = matching.join();
			let effect = effects.get(key);
			if (effect === undefined) {
				effect = effectOf(
					matching.map((index) => entries[index] as Entry),
					(entry) => exact.get(entry) === true,
				);
				effects.set(key, effect);
			}
			return effect;
		} catch (error) {
			if (!(error instanceof TooComplex)) throw error;
			dfa = undefined;
			return nothing;
		}
	};
}
