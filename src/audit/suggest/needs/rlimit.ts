import type { AuditEvent } from "../../event";
import { nowhere, type RuleNeed } from "./need";

const largest = 2 ** 53;

/** The kernel's number has the unit that the parser takes a bare number in, but for `nice`, which it counts from 20 down. */
export function rlimitNeed(event: AuditEvent): RuleNeed | undefined {
	const resource = event.rlimit?.toLowerCase();
	const limit = event.value;
	if (resource === undefined || !/^[a-z]+$/.test(resource) || limit === undefined) return undefined;
	const value = limit >= largest ? "infinity" : String(resource === "nice" ? 20 - limit : limit);
	return { kind: "rule", rule: { ...nowhere, kind: "rlimit", qualifiers: {}, resource, value } };
}
