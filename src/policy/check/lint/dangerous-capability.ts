import { dangerousCapabilities } from "../../knowledge/capabilities";
import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Capabilities that are worth as much as being root. */
export function dangerousCapability(context: LintContext): Problem[] {
	return context.expanded.profiles
		.flatMap(({ rules }) => rules)
		.flatMap((rule) => {
			if (rule.kind !== "capability" || rule.qualifiers.access === "deny" || !isOwn(context, rule)) return [];
			if (rule.capabilities.length === 0) {
				return [
					problemAt(
						rule,
						"dangerous-capability",
						"warning",
						"capability, allows every capability; name those that the application needs",
					),
				];
			}
			return rule.capabilities.flatMap((name) => {
				const reason = dangerousCapabilities.get(name);
				return reason === undefined
					? []
					: [
							problemAt(
								rule,
								"dangerous-capability",
								"warning",
								`capability ${name}: with it ${reason.replace(/^it /, "a process ")}; make sure that the application cannot do without`,
							),
						];
			});
		});
}
