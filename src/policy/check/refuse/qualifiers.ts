import type { Rule } from "../../rules";
import type { Fault } from "../fault";

const lowestPriority = -1000;
const highestPriority = 1000;

/** What is wrong with the qualifiers of a rule of its kind. */
export function refuseQualifiers({ kind, qualifiers }: Rule): Fault[] {
	const faults: Fault[] = [];
	const refuse = (message: string): void => {
		faults.push({ code: "bad-qualifier", message });
	};
	if (qualifiers.quiet) refuse("quiet is not known to any released apparmor_parser; deny alone is quiet");
	if (qualifiers.owner !== undefined && kind !== "file" && kind !== "link") {
		refuse(`${qualifiers.owner} is for rules about files, not for ${kind} rules`);
	}
	const { priority } = qualifiers;
	// A priority of 0 is that of a rule without one.
	if (priority === undefined || priority === 0) return faults;
	if (kind === "network" || kind === "all") refuse(`priority is not allowed on ${kind} rules`);
	if (priority < lowestPriority || priority > highestPriority) {
		refuse(`priority ${priority} is outside of ${lowestPriority} to ${highestPriority}`);
	}
	return faults;
}
