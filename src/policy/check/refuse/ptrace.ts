import type { PtraceRule } from "../../rules/ptrace";
import type { Fault } from "../fault";
import { letters, refusePermissions } from "./permissions";

const permissions = ["read", "write", "trace", "readby", "tracedby", ...letters];

export function refusePtrace(rule: PtraceRule): Fault[] {
	return refusePermissions("ptrace", rule.permissions, permissions);
}
