import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { nowhere, type RuleNeed } from "./need";

export function pivotRootNeed(event: AuditEvent): RuleNeed | undefined {
	if (!event.name?.startsWith("/")) return undefined;
	const old = event.srcname === undefined ? {} : { oldRoot: literalPattern(event.srcname) };
	const newRoot = literalPattern(event.name);
	return { kind: "rule", rule: { ...nowhere, kind: "pivot_root", qualifiers: {}, ...old, newRoot } };
}
