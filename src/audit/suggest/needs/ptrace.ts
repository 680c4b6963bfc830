import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";

/** Some kernels log ptrace without a peer or without a mask: nothing can be told from those. */
export function ptraceNeed(event: AuditEvent): RuleNeed | undefined {
	const permissions = maskWords(event.denied_mask ?? event.denied);
	if (permissions.length === 0 || event.peer === undefined || event.peer === "") return undefined;
	const rule = { ...nowhere, kind: "ptrace", qualifiers: {}, permissions, peer: literalPattern(event.peer) } as const;
	return { kind: "rule", rule, peer: event.peer };
}
