import type { Rule } from "../../rules";
import type { Fault } from "../fault";
import { refuseCapability } from "./capability";
import { refuseDbus } from "./dbus";
import { refuseFile } from "./file";
import { refuseMount } from "./mount";
import { refuseMqueue } from "./mqueue";
import { refuseNetwork } from "./network";
import { refusePtrace } from "./ptrace";
import { refuseQualifiers } from "./qualifiers";
import { refuseRlimit } from "./rlimit";
import { refuseSignal } from "./signal";
import { refuseUnix } from "./unix";

/** What `apparmor_parser` refuses in a rule by itself, whatever stands around it. */
export function refuseRule(rule: Rule): Fault[] {
	return [...refuseQualifiers(rule), ...refuseKind(rule)];
}

function refuseKind(rule: Rule): Fault[] {
	switch (rule.kind) {
		case "capability":
			return refuseCapability(rule);
		case "dbus":
			return refuseDbus(rule);
		case "file":
			return refuseFile(rule);
		case "mount":
			return refuseMount(rule);
		case "mqueue":
			return refuseMqueue(rule);
		case "network":
			return refuseNetwork(rule);
		case "ptrace":
			return refusePtrace(rule);
		case "rlimit":
			return refuseRlimit(rule);
		case "signal":
			return refuseSignal(rule);
		case "unix":
			return refuseUnix(rule);
		case "all":
		case "change_profile":
		case "io_uring":
		case "link":
		case "pivot_root":
		case "userns":
			return [];
	}
}
