import type { Rule } from "../rules";
import { printAll } from "../rules/all";
import { printCapability } from "../rules/capability";
import { printChangeProfile } from "../rules/change-profile";
import { printDbus } from "../rules/dbus";
import { printFile } from "../rules/file";
import { printIoUring } from "../rules/io-uring";
import { printLink } from "../rules/link";
import { printMount } from "../rules/mount";
import { printMqueue } from "../rules/mqueue";
import { printNetwork } from "../rules/network";
import { printPivotRoot } from "../rules/pivot-root";
import { printPtrace } from "../rules/ptrace";
import { printRlimit } from "../rules/rlimit";
import type { Qualifiers } from "../rules/rule";
import { printSignal } from "../rules/signal";
import { printUnix } from "../rules/unix";
import { printUserns } from "../rules/userns";

/** A rule on one line, with its comma, without its comment. */
export function printRule(rule: Rule): string {
	return `${[...printQualifiers(rule.qualifiers), printFields(rule)].join(" ")},`;
}

export function printQualifiers({ priority, audit, access, quiet, owner }: Qualifiers): string[] {
	return [
		...(priority === undefined ? [] : [`priority=${priority}`]),
		...(audit ? ["audit"] : []),
		...(access ? [access] : []),
		...(quiet ? ["quiet"] : []),
		...(owner ? [owner] : []),
	];
}

function printFields(rule: Rule): string {
	switch (rule.kind) {
		case "all":
			return printAll();
		case "capability":
			return printCapability(rule);
		case "change_profile":
			return printChangeProfile(rule);
		case "dbus":
			return printDbus(rule);
		case "file":
			return printFile(rule);
		case "io_uring":
			return printIoUring(rule);
		case "link":
			return printLink(rule);
		case "mount":
			return printMount(rule);
		case "mqueue":
			return printMqueue(rule);
		case "network":
			return printNetwork(rule);
		case "pivot_root":
			return printPivotRoot(rule);
		case "ptrace":
			return printPtrace(rule);
		case "rlimit":
			return printRlimit(rule);
		case "signal":
			return printSignal(rule);
		case "unix":
			return printUnix(rule);
		case "userns":
			return printUserns(rule);
	}
}
