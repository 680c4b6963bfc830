import { compareVersions, novelties } from "../../knowledge/versions";
import { type Problem, problemAt } from "../problem";
import { eachStatement } from "../walk";
import type { LintContext } from "./context";

/** The newest parser that Debian has: what it does not know is refused, whatever the target. */
const newestParser = "4.1";

/** What the parser that a policy is for does not know yet. */
export function tooNew({ policy, target = newestParser }: LintContext): Problem[] {
	const problems: Problem[] = [];
	eachStatement(policy, (statement) => {
		for (const { since, what } of novelties(statement)) {
			if (compareVersions(since, target) <= 0) continue;
			const message = `${what} came with AppArmor ${since}: apparmor_parser ${target} refuses the policy`;
			problems.push(problemAt(statement, "too-new", "error", message));
		}
	});
	return problems;
}
