import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Deny rules of profiles in complain mode, in which the kernel enforces them nevertheless. */
export function denyInComplain(context: LintContext): Problem[] {
	return context.expanded.profiles
		.filter(({ flags }) => flags.includes("complain"))
		.flatMap(({ rules }) => rules)
		.filter((rule) => rule.qualifiers.access === "deny" && isOwn(context, rule))
		.map((rule) =>
			problemAt(
				rule,
				"deny-in-complain",
				"warning",
				"the kernel enforces deny rules in complain mode too, without a record of it; leave them out while the profile complains",
			),
		);
}
