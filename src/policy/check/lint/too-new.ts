import { isAtLeast, parseParserVersion } from "../../knowledge/parser-version";
import { novelties } from "../../knowledge/versions";
import { type Problem, problemAt } from "../problem";
import { eachStatement } from "../walk";
import type { LintContext } from "./context";

/** The newest parser that Debian has: what it does not know is refused, whatever the target. */
const newestParser = "4.1";

/** What the parser that a policy is for does not know yet. */
export function tooNew({ policy, target = newestParser }: LintContext): Problem[] {
	const parser = parseParserVersion(target);
	if (!parser) throw new RangeError(`target ${JSON.stringify(target)}: expected a release from 3.0 on, such as "4.0"`);
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
