import type { Problem } from "../problem";
import { containerPaths } from "./container-paths";
import type { LintContext } from "./context";
import { coveredRule } from "./covered-rule";
import { dangerousCapability } from "./dangerous-capability";
import { denyInComplain } from "./deny-in-complain";
import { ignoredRule } from "./ignored-rule";
import { missingAbi } from "./missing-abi";
import { missingExecProfile } from "./missing-exec-profile";
import { tooWide } from "./too-wide";
import { unconfinedExec } from "./unconfined-exec";
import { writeAndExecute } from "./write-and-execute";

const rules: readonly ((context: LintContext) => Problem[])[] = [
	tooWide,
	writeAndExecute,
	unconfinedExec,
	dangerousCapability,
	denyInComplain,
	missingExecProfile,
	containerPaths,
	ignoredRule,
	coveredRule,
	missingAbi,
];

/** What an expert would say about a policy that the parser accepts. */
export function lint(context: LintContext): Problem[] {
	return rules.flatMap((rule) => rule(context));
}
