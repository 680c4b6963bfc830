import type { AuditEvent } from "../../event";
import type { ExecNeed } from "./need";

export function execNeed(event: AuditEvent): ExecNeed | undefined {
	if (!event.name?.startsWith("/")) return undefined;
	const target = event.target ?? event.name2;
	return { kind: "exec", name: event.name, ...(target !== undefined && target !== "" ? { target } : {}) };
}
