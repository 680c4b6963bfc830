import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";

export function signalNeed(event: AuditEvent): RuleNeed | undefined {
	const permissions = maskWords(event.denied_mask ?? event.denied);
	if (permissions.length === 0 || event.peer === undefined) return undefined;
	const signals = event.signal !== undefined && /^[a-z0-9+]+$/.test(event.signal) ? [event.signal] : [];
	const peer = literalPattern(event.peer);
	const rule = { ...nowhere, kind: "signal", qualifiers: {}, permissions, signals, peer } as const;
	return { kind: "rule", rule, peer: event.peer };
}
