import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Executions that leave confinement. */
export function unconfinedExec(context: LintContext): Problem[] {
	return context.expanded.profiles
		.flatMap(({ rules }) => rules)
		.flatMap((rule) => {
			if (rule.kind !== "file" || rule.exec === undefined || rule.path === undefined || !isOwn(context, rule))
				return [];
			const { exec, path } = rule;
			if (exec === "ux") {
				return [
					problemAt(
						rule,
						"unconfined-exec",
						"warning",
						`${path} ux runs it unconfined, and with an environment (LD_PRELOAD, …) that the application sets; give it a profile, or at least Ux`,
					),
				];
			}
			if (exec === "Ux") {
				return [
					problemAt(
						rule,
						"unconfined-exec",
						"warning",
						`${path} Ux runs it unconfined; give it a profile (Px, Cx) or let it inherit this one (ix)`,
					),
				];
			}
			if (/ux$/i.test(exec)) {
				return [
					problemAt(
						rule,
						"unconfined-exec",
						"info",
						`${path} ${exec} runs it unconfined where its profile is not loaded; without the u it would be refused`,
					),
				];
			}
			return [];
		});
}
