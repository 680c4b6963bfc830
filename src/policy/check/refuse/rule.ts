import type { Rule } from "../../rules";
import type { Fault } from "../fault";
import { refuseCapability } from "./capability";
import { refuseChangeProfile } from "./change-profile";
import { refuseDbus } from "./dbus";
import { refuseFile } from "./file";
import { refuseIoUring } from "./io-uring";
import { refuseMount } from "./mount";
import { refuseMqueue } from "./mqueue";
import { refuseNetwork } from "./network";
import { refusePtrace } from "./ptrace";
import { refuseQualifiers } from "./qualifiers";
import { refuseRlimit } from "./rlimit";
import { refuseSignal } from "./signal";
import { refuseUnix } from "./unix";
import { refuseUserns } from "./userns";

/** What `apparmor_parser` refuses in a rule by itself, whatever stands around it. */
export function refuseRule(rule: Rule): Fault[] {
	return [...refuseQualifiers(rule), ...refuseKind(rule)];
}

function refuseKind(rule: Rule): Fault[] {
	switch (rule.kind) {
		case "capability":
			return refuseCapability(rule);
		case "change_profile":
			return refuseChangeProfile(rule);
		case "dbus":
			return refuseDbus(rule);
		case "file":
			return refuseFile(rule);
		case "io_uring":
			return refuseIoUring(rule);
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
		case "userns":
			return refuseUserns(rule);
		case "all":
		case "link":
		case "pivot_root":
			return [];
	}
}
