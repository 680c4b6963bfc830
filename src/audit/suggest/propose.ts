import type { Rule } from "../../policy/rules";
import { proposeAbstractions } from "./abstractions/propose";
import type { ProfileNeeds, Wanted } from "./collect";
import type { CurrentPolicy } from "./current-policy";
import { ruleVerdict } from "./danger/rules";
import { ok, review } from "./danger/verdict";
import { fileProposal, without } from "./file-proposal";
import { fileWants } from "./file-wants";
import { generalise, literalWant } from "./generalise/generalise";
import { generaliseMembers } from "./generalise/members";
import type { SuggestSettings } from "./options";
import { joinParts, profileParts } from "./profile-name";
import { judged, type Recipient, ruleSuggestion } from "./rule-suggestion";
import type { Suggestion } from "./suggestion";
import { type Transition, transitionRule } from "./transition-rule";

/** Everything that is proposed for one profile: flags, abstractions, rules and children, each kind sorted. */
export function propose(needs: ProfileNeeds, settings: SuggestSettings, policy: CurrentPolicy): Suggestion[] {
	const of: Recipient = {
		profile: needs.profile,
		...(needs.namespace === undefined ? {} : { namespace: needs.namespace }),
	};
	const execs = [...needs.execs.values()].map(({ value, provenance }) => ({
		program: value,
		provenance,
		transition: transitionRule(value, needs.profile, policy.profileFor(value), settings),
	}));
	const given = new Map(execs.map(({ program, transition }) => [program, transition.rule.permissions]));
	const wants = fileWants(needs.files.values()).flatMap((want) => without(want, given.get(want.name) ?? []));
	const { suggestions: abstractions, ...left } = proposeAbstractions(
		of,
		wants,
		[...needs.rules.values()],
		settings,
		policy,
	);
	const files = settings.generalise
		? generalise(left.files, policy.vocabulary, settings.evidence)
		: left.files.map(literalWant);
	const others = settings.generalise ? generaliseMembers(left.rules, settings.evidence) : left.rules;
	const rules = [
		...others.map(({ value: { rule, peer }, provenance }) =>
			ruleSuggestion(of, { rule, reason: reasonFor(rule), verdict: ruleVerdict(rule, of.profile, peer), provenance }),
		),
		...execs.map(({ transition, provenance }) => ruleSuggestion(of, { ...transition, provenance })),
		...files.map((want) => ruleSuggestion(of, fileProposal(want))),
	];
	const children = [
		...missingChild(of, needs, policy),
		...[...needs.hats.values()].map((wanted) => hat(of, wanted)),
		...execs.flatMap(({ program, transition, provenance }) => child(of, transition, program, provenance, policy)),
	];
	return [
		...[...needs.flags.values()].map((wanted) => flag(of, wanted, settings)),
		...abstractions,
		...sorted(rules),
		...sorted(children),
	];
}

function flag(of: Recipient, { value, provenance }: Wanted<string>, settings: SuggestSettings): Suggestion {
	const warning = "paths that lead to outside of the program's root are then taken for paths below it";
	return {
		...of,
		kind: "flag",
		flag: value,
		text: `flags=(${value})`,
		reason: settings.container
			? "files that come from outside of the container have no path in it"
			: "the kernel could not follow a path to the program's root, and refuses that in complain mode too",
		...judged(settings.container ? ok(4) : review(6, warning)),
		provenance,
	};
}

function hat(of: Recipient, { value, provenance }: Wanted<string>): Suggestion {
	const reason = "the program changes into this hat";
	const profile = `${of.profile}//${value}`;
	return {
		...of,
		profile,
		kind: "child-profile",
		hat: true,
		text: `hat ${value}`,
		reason,
		...judged(ok(3)),
		provenance,
	};
}

/** The child that the records are from, where the policy has its parent and not the child. */
function missingChild(of: Recipient, needs: ProfileNeeds, policy: CurrentPolicy): Suggestion[] {
	const parts = profileParts(of.profile);
	const parent = joinParts(parts.slice(0, -1));
	if (policy.has(of.profile) || !policy.has(parent)) return [];
	const reason = "the records are from it, and the policy has it not";
	return [
		{
			...of,
			kind: "child-profile",
			hat: true,
			text: `hat ${parts.at(-1)}`,
			reason,
			...judged(ok(3)),
			provenance: needs.provenance,
		},
	];
}

function child(
	of: Recipient,
	transition: Transition,
	program: string,
	provenance: Suggestion["provenance"],
	policy: CurrentPolicy,
): Suggestion[] {
	const profile = `${of.profile}//${transition.child}`;
	if (transition.child === undefined || policy.has(profile)) return [];
	const text = `profile ${transition.child}`;
	const reason = `${program} is run in it`;
	return [{ ...of, profile, kind: "child-profile", hat: false, text, reason, ...judged(ok(3)), provenance }];
}

function reasonFor(rule: Rule): string {
	return rule.kind === "capability" ? "the program uses the capability" : `the program needs this ${rule.kind} access`;
}

const kinds: readonly Rule["kind"][] = [
	"rlimit",
	"capability",
	"network",
	"dbus",
	"mount",
	"mqueue",
	"signal",
	"ptrace",
	"pivot_root",
	"unix",
	"file",
	"change_profile",
	"userns",
	"io_uring",
];

/** By the kind of rule, in the order in which AppArmor's tools write them, then by text. */
function sorted(suggestions: Suggestion[]): Suggestion[] {
	const rank = (one: Suggestion) => (one.kind === "rule" ? kinds.indexOf(one.rule.kind) : kinds.length);
	const key = (one: Suggestion) => `${one.profile}\0${one.text}`;
	return suggestions.sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));
}
