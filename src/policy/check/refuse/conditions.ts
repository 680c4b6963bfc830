import type { Condition } from "../../rules/rule";
import { type Fault, suggestion } from "../fault";

/** How a rule kind may use one of its conditions. */
export interface ConditionUse {
	/** `in ( … )` is allowed too. */
	in?: true;
	/** Several values are allowed, of which the parser takes all or the first. */
	several?: true;
	/** It may be given more than once. */
	repeated?: true;
}

/**
 * What is wrong with the names, operators and numbers of values of conditions.
 *
 * @param where the words for the rule, such as `dbus` or `unix peer`.
 */
export function refuseConditions(
	where: string,
	conditions: Condition[],
	known: ReadonlyMap<string, ConditionUse>,
): Fault[] {
	const faults: Fault[] = [];
	const seen = new Set<string>();
	for (const { name, operator, values } of conditions) {
		const use = known.get(name);
		if (use === undefined) {
			const list = [...known.keys()];
			const allowed = list.length === 0 ? "it has none" : `it has ${list.join(", ")}`;
			const message = `${name} is no condition of a ${where} rule${suggestion(name, list)}: ${allowed}`;
			faults.push({ code: "unknown-condition", message });
			continue;
		}
		if (operator === "in" && !use.in) {
			faults.push({ code: "bad-condition", message: `${name} of a ${where} rule takes = and not in` });
		}
		if (values.length === 0) {
			faults.push({ code: "bad-condition", message: `${name} of a ${where} rule has no value: ${name}=…` });
		}
		if (values.length > 1 && !use.several) {
			faults.push({ code: "bad-condition", message: `${name} of a ${where} rule has one value, not ${values.length}` });
		}
		if (seen.has(name) && !use.repeated) {
			faults.push({ code: "bad-condition", message: `${name} stands twice in a ${where} rule` });
		}
		seen.add(name);
	}
	return faults;
}

/** The value of a condition, where it has one. */
export function conditionValue(conditions: Condition[], name: string): string | undefined {
	return conditions.find((condition) => condition.name === name)?.values[0];
}
