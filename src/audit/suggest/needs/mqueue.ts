import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";

/** POSIX queues have a name that begins with a slash, System V ones a number. */
export function mqueueNeed(event: AuditEvent): RuleNeed | undefined {
	const permissions = maskWords(event.denied ?? event.denied_mask);
	const type = event.class?.startsWith("sysv") ? "sysv" : "posix";
	const known = event.name !== undefined && (type === "sysv" ? /^\d+$/ : /^\//).test(event.name);
	if (permissions.length === 0 || !known) return undefined;
	const name = literalPattern(event.name as string);
	return { kind: "rule", rule: { ...nowhere, kind: "mqueue", qualifiers: {}, permissions, type, name } };
}
