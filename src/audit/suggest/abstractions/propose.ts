import type { Access } from "../../../policy/compare/access";
import type { RuleWant } from "../collect";
import type { CurrentPolicy } from "../current-policy";
import type { FileWant } from "../file-wants";
import { tunables } from "../generalise/vocabulary";
import { joinProvenance } from "../observe";
import type { SuggestSettings } from "../options";
import type { Recipient } from "../rule-suggestion";
import type { Provenance, Suggestion } from "../suggestion";
import { type Abstraction, type Opening, readAbstraction } from "./abstraction";
import { knownAbstractions } from "./known";

/** Something that an abstraction may take the place of: all its accesses must be allowed by it. */
interface Want {
	accesses: readonly Access[];
	provenance: Provenance;
}

/**
 * Abstractions that cover more of what was seen than they open besides: the accesses that they cover must be as many as
 * the evidence asks for, and more than their rules that are not harmless and that no such access needs. The one with
 * the greatest difference comes first, and only what it leaves counts for the next.
 */
export function proposeAbstractions(
	of: Recipient,
	files: readonly FileWant[],
	rules: readonly RuleWant[],
	settings: SuggestSettings,
	{ vocabulary }: CurrentPolicy,
): { suggestions: Suggestion[]; files: FileWant[]; rules: RuleWant[] } {
	const { include } = settings;
	const left = new Map<FileWant | RuleWant, Want>();
	for (const file of files) left.set(file, { accesses: [fileAccess(file)], provenance: file.provenance });
	for (const rule of rules) left.set(rule, { accesses: [...rule.accesses.values()], provenance: rule.provenance });
	const suggestions: Suggestion[] = [];
	// Abstractions use AppArmor's variables.
	if (settings.abstractions && include !== undefined && vocabulary === tunables) {
		const candidates = knownAbstractions.flatMap((name) => {
			const abstraction = readAbstraction(name, of.profile, include);
			return abstraction === undefined ? [] : [{ abstraction, covered: coveredBy(abstraction, left) }];
		});
		for (let best = choose(candidates, left, settings); best !== undefined; best = choose(candidates, left, settings)) {
			suggestions.push(suggestion(of, best));
			for (const want of best.covered) left.delete(want);
		}
	}
	return {
		suggestions,
		files: files.filter((file) => left.has(file)),
		rules: rules.filter((rule) => left.has(rule)),
	};
}

const fileAccess = ({ name, permissions, owner }: FileWant): Access => ({
	class: "file",
	path: name,
	permissions,
	owner,
});

type Wants = Map<FileWant | RuleWant, Want>;

function coveredBy(abstraction: Abstraction, wants: Wants): (FileWant | RuleWant)[] {
	return [...wants].flatMap(([key, { accesses }]) =>
		accesses.length > 0 && accesses.every((access) => abstraction.allows(access)) ? [key] : [],
	);
}

interface Choice {
	abstraction: Abstraction;
	covered: (FileWant | RuleWant)[];
	provenance: Provenance;
	/** What it opens that nothing asked for. */
	unused: Opening[];
}

/** The one that covers most beyond what it opens; of two, the one with fewer rules; then the first of the list. */
function choose(
	candidates: readonly { abstraction: Abstraction; covered: (FileWant | RuleWant)[] }[],
	left: Wants,
	{ evidence }: SuggestSettings,
): Choice | undefined {
	let best: Choice | undefined;
	for (const { abstraction, covered: possible } of candidates) {
		const covered = possible.filter((key) => left.has(key));
		const wants = covered.map((key) => left.get(key) as Want);
		const minimum = abstraction.include === "abstractions/base" ? evidence.abstraction - 1 : evidence.abstraction;
		if (covered.length < minimum || covered.length === 0) continue;
		const accesses = wants.flatMap((want) => want.accesses);
		const unused = abstraction.openings.filter(({ allows }) => !accesses.some(allows));
		if (covered.length <= unused.length) continue;
		const choice = {
			abstraction,
			covered,
			unused,
			provenance: wants.map((want) => want.provenance).reduce(joinProvenance),
		};
		if (
			best === undefined ||
			gain(choice) > gain(best) ||
			(gain(choice) === gain(best) && abstraction.rules < best.abstraction.rules)
		)
			best = choice;
	}
	return best;
}

const gain = ({ covered, unused }: Choice): number => covered.length - unused.length;

function suggestion(of: Recipient, { abstraction, covered, unused, provenance }: Choice): Suggestion {
	const { include, rules } = abstraction;
	const dangerous = unused.filter(({ verdict }) => verdict.level === "dangerous");
	const besides =
		unused.length === 0
			? "nothing else that is not harmless"
			: `${unused.length} rules that nothing asked for and that are not harmless`;
	const warnings = [...new Set(dangerous.map(({ verdict }) => verdict.warning))].sort();
	return {
		...of,
		kind: "abstraction",
		include,
		text: `include <${include}>`,
		reason: `${covered.length} of the accesses that were seen are in it; of its ${rules} rules it brings ${besides}`,
		severity: Math.max(2, ...unused.map(({ verdict }) => verdict.severity)),
		...(dangerous.length === 0
			? { level: "ok" }
			: { level: "review", needsReview: `it also allows what nothing asked for: ${warnings.join("; ")}` }),
		provenance,
	};
}
