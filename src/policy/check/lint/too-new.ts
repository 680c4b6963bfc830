import { isAtLeast } from "../../knowledge/parser-version";
import { novelties } from "../../knowledge/versions";
import { type Problem, problemAt } from "../problem";
import { eachStatement } from "../walk";
import type { LintContext } from "./context";

/** What the parser that a policy is for does not know yet. */
export function tooNew({ policy, target, parser }: LintContext): Problem[] {
	const problems: Problem[] = [];
	eachStatement(policy, (statement) => {
		for (const { since, what } of novelties(statement)) {
			if (isAtLeast(parser, since)) continue;
			const message = `${what} came with AppArmor ${since.major}.${since.minor}: apparmor_parser ${target} refuses the policy`;
			problems.push(problemAt(statement, "too-new", "error", message));
		}
	});
	return problems;
}
