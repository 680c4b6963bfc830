import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";

export function ioUringNeed(event: AuditEvent): RuleNeed | undefined {
	const permissions = maskWords(event.denied ?? event.denied_mask);
	if (permissions.length === 0) return undefined;
	const peer = event.peer_profile ?? event.peer;
	const label = peer === undefined ? {} : { label: literalPattern(peer) };
	const rule = { ...nowhere, kind: "io_uring", qualifiers: {}, permissions, ...label } as const;
	return { kind: "rule", rule, ...(peer === undefined ? {} : { peer }) };
}
