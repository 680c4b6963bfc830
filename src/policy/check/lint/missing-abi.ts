import { type Problem, problemAt } from "../problem";
import type { LintContext } from "./context";

/** A policy that does not say for which features it was written. */
export function missingAbi({ policy, fragment }: LintContext): Problem[] {
	const profile = policy.statements.find((statement) => statement.kind === "profile");
	if (profile === undefined || fragment || policy.statements.some((statement) => statement.kind === "abi")) return [];
	const message =
		"without abi <abi/4.0>, (or 3.0) the parser takes the policy for one from before network, mount, dbus, signal and ptrace rules were all enforced, and its effect changes with the parser";
	return [problemAt(profile, "missing-abi", "info", message)];
}
