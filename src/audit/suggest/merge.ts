import type { Rule } from "../../policy/rules";
import type { RuleNeed } from "./needs/need";

/** The part of a rule that may be a set: rules that are equal but for it become one. */
function setOf(rule: Rule): string[] {
	switch (rule.kind) {
		case "signal":
			return rule.signals;
		case "io_uring":
		case "mqueue":
		case "network":
		case "ptrace":
		case "unix":
			return rule.permissions;
		default:
			return [];
	}
}

function withSet<Kind extends Rule>(rule: Kind, set: string[]): Kind {
	switch (rule.kind) {
		case "signal":
			return { ...rule, signals: set };
		case "io_uring":
		case "mqueue":
		case "network":
		case "ptrace":
		case "unix":
			return { ...rule, permissions: set };
		default:
			return rule;
	}
}

/** The same for rules that can become one. A rule without permissions allows all, so it never joins one with some. */
export function ruleKey(rule: Rule): string {
	return `${setOf(rule).length === 0}${JSON.stringify(withSet(rule, []))}`;
}

/** Both needs in one rule. @param a, b with the same `ruleKey`. */
export function mergeRuleNeeds(a: RuleNeed, b: RuleNeed): RuleNeed {
	return { ...a, rule: withSet(a.rule, [...new Set([...setOf(a.rule), ...setOf(b.rule)])].sort()) };
}
