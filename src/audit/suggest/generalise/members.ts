import type { Condition } from "../../../policy/rules/rule";
import type { RuleWant } from "../collect";
import { groupBy } from "../group-by";
import { joinProvenance } from "../observe";
import type { Evidence } from "../options";

/** Many members of one D-Bus interface become the interface: its members are made to be called together. */
export function generaliseMembers(wants: readonly RuleWant[], evidence: Required<Evidence>): RuleWant[] {
	const groups = [...groupBy(wants, keyOf).values()];
	return groups.flatMap((group) => (group.length < evidence.siblings ? group : [joined(group)]));
}

const isMember = ({ name }: Condition): boolean => name === "member";

/** What is not about a member of an interface has a key of its own. */
function keyOf({ value: { rule } }: RuleWant): string {
	if (rule.kind !== "dbus" || !rule.local.some(isMember)) return JSON.stringify(rule);
	return JSON.stringify({ ...rule, local: rule.local.filter((condition) => !isMember(condition)) });
}

function joined(group: readonly RuleWant[]): RuleWant {
	const [{ value }] = group as [RuleWant];
	const { rule } = value;
	if (rule.kind !== "dbus") throw new TypeError(`a ${rule.kind} rule has no members`);
	return {
		value: { ...value, rule: { ...rule, local: rule.local.filter((condition) => !isMember(condition)) } },
		accesses: new Map(group.flatMap(({ accesses }) => [...accesses])),
		provenance: group.map(({ provenance }) => provenance).reduce(joinProvenance),
	};
}
