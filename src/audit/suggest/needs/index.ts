import type { AuditEvent } from "../../event";
import { capabilityNeed } from "./capability";
import { changeProfileNeed, hatNeed } from "./change-profile";
import { dbusNeed } from "./dbus";
import { execNeed } from "./exec";
import { fileNeed } from "./file";
import { flagNeed } from "./flag";
import { ioUringNeed } from "./io-uring";
import { mountNeed } from "./mount";
import { mqueueNeed } from "./mqueue";
import type { Need } from "./need";
import { networkNeed } from "./network";
import { pivotRootNeed } from "./pivot-root";
import { ptraceNeed } from "./ptrace";
import { rlimitNeed } from "./rlimit";
import { signalNeed } from "./signal";
import { unixNeeds } from "./unix";
import { usernsNeed } from "./userns";

export type { ExecNeed, FileNeed, FlagNeed, HatNeed, Need, RuleNeed } from "./need";

/** What an event asks the policy for; nothing where it tells too little, or of no refusal. */
export function needsOf(event: AuditEvent): Need[] {
	if (!["DENIED", "ALLOWED", "KILLED"].includes(event.event)) return [];
	const need = needOf(event);
	return (Array.isArray(need) ? need : [need]).filter((one) => one !== undefined);
}

function needOf(event: AuditEvent): Need | Need[] | undefined {
	const operation = event.operation ?? "";
	const flag = flagNeed(event);
	if (flag !== undefined) return flag;
	if (operation === "exec") return execNeed(event);
	if (event.class === "namespace") return usernsNeed(event);
	if (event.class?.endsWith("mqueue")) return mqueueNeed(event);
	if (event.class === "io_uring") return ioUringNeed(event);
	if (operation === "pivotroot") return pivotRootNeed(event);
	if (event.class === "mount" || operation === "mount" || operation === "umount") return mountNeed(event);
	if (operation === "change_onexec" || operation === "change_profile") return changeProfileNeed(event);
	if (operation === "change_hat") return hatNeed(event);
	if (operation === "capable") return capabilityNeed(event);
	if (operation === "ptrace") return ptraceNeed(event);
	if (operation === "signal") return signalNeed(event);
	if (operation === "setrlimit") return rlimitNeed(event);
	if (operation.startsWith("dbus_")) return dbusNeed(event);
	// A unix socket in the file system is a file to the policy.
	if (event.family === "unix") return fileNeed(event) ?? unixNeeds(event);
	if (event.family !== undefined && event.sock_type !== undefined) return networkNeed(event);
	return fileNeed(event);
}
