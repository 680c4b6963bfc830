import type { AuditEvent } from "../../event";
import { maskWords, nowhere, type RuleNeed } from "./need";

/** The kernel writes `userns_create` for the rule's `create`. */
export function usernsNeed(event: AuditEvent): RuleNeed | undefined {
	const mask = event.denied ?? event.denied_mask ?? event.requested ?? event.requested_mask;
	const permissions = maskWords(mask).flatMap((word) => (word.startsWith("userns_") ? [word.slice(7)] : []));
	if (permissions.length === 0) return undefined;
	return { kind: "rule", rule: { ...nowhere, kind: "userns", qualifiers: {}, permissions } };
}
