import type { AuditEvent } from "../../event";
import { nowhere, type RuleNeed } from "./need";

export function capabilityNeed(event: AuditEvent): RuleNeed | undefined {
	const name = (event.capname ?? event.name)?.toLowerCase();
	if (name === undefined || !/^[a-z][a-z_]*$/.test(name)) return undefined;
	return { kind: "rule", rule: { ...nowhere, kind: "capability", qualifiers: {}, capabilities: [name] } };
}
