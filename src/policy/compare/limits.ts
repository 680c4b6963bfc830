import { limits, timeUnits } from "../knowledge/rlimits";
import type { Rule } from "../rules";
import type { RlimitRule } from "../rules/rlimit";
import type { TextFinding } from "./findings";

/** In what two profiles' resource limits differ; of several rules for a resource the last counts. */
export function compareLimits(a: readonly Rule[], b: readonly Rule[]): TextFinding[] {
	const [before, after] = [limitsOf(a), limitsOf(b)];
	return [...new Set([...before.keys(), ...after.keys()])].flatMap((resource) => {
		const [from, to] = [before.get(resource), after.get(resource)];
		const [was, is] = [limitValue(from), limitValue(to)];
		// To set a limit to infinity is not to set none: the process may lower it, but got it from its parent.
		if (was === is && (from === undefined) === (to === undefined)) return [];
		const direction = is > was || (is === was && from === undefined) ? "widened" : "narrowed";
		const what = `${resource} <= ${to?.value ?? "unlimited"}, it was ${from?.value ?? "unlimited"}`;
		const cause = (to ?? from) as RlimitRule;
		return [{ direction, class: "rlimit", permissions: [], what, cause, in: to === undefined ? "a" : "b" }];
	});
}

function limitsOf(rules: readonly Rule[]): Map<string, RlimitRule> {
	const byResource = new Map<string, RlimitRule>();
	for (const rule of rules)
		if (rule.kind === "rlimit") byResource.set(rule.resource === "ofile" ? "nofile" : rule.resource, rule);
	return byResource;
}

const sizes: Record<string, number> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** A limit as a number: bytes, seconds, microseconds of `rttime`, or a count. */
function limitValue(rule: RlimitRule | undefined): number {
	if (rule === undefined || rule.value === "infinity") return Number.POSITIVE_INFINITY;
	const [, digits = "", unit = ""] = /^(-?(?:0x[0-9a-f]+|\d+))\s*(.*)$/i.exec(rule.value) ?? [];
	const number = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
	switch (limits.get(rule.resource)) {
		case "bytes":
			return number * (sizes[unit[0] ?? ""] ?? 1);
		case "seconds":
			return unit === "" ? number : (number * (timeUnits.get(unit) ?? 1e6)) / 1e6;
		case "microseconds":
			return number * (timeUnits.get(unit) ?? 1);
		default:
			return number;
	}
}
