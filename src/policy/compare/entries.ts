import { PolicyError } from "../errors";
import type { ExpandedProfile } from "../expand/expanded";
import type { Rule } from "../rules";
import type { AllRule } from "../rules/all";
import { changeProfileEntries } from "./classes/change-profile";
import { dbusEntries } from "./classes/dbus";
import { fileEntries, linkEntries } from "./classes/file";
import { ioUringEntries } from "./classes/io-uring";
import { mountEntries, pivotRootEntries } from "./classes/mount";
import { mqueueEntries } from "./classes/mqueue";
import { networkEntries } from "./classes/network";
import { ptraceEntries, signalEntries } from "./classes/peers";
import { unixEntries } from "./classes/unix";
import { type Entry, granted } from "./entry";
import { GlobError } from "./glob-pattern";
import { text } from "./pattern";
import { permissionBits, type SpaceName } from "./spaces";

/**
 * What the rules of a profile say of texts, which is all but capabilities and limits, by what the texts are of.
 *
 * @throws PolicyError where a rule has a pattern that `apparmor_parser` refuses.
 */
export function entriesOf(profile: ExpandedProfile): Map<SpaceName, Entry[]> {
	const bySpace = new Map<SpaceName, Entry[]>();
	for (const rule of profile.rules) {
		for (const entry of checkedEntries(rule, profile.name)) {
			const entries = bySpace.get(entry.space);
			if (entries === undefined) bySpace.set(entry.space, [entry]);
			else entries.push(entry);
		}
	}
	return bySpace;
}

function checkedEntries(rule: Rule, profile: string): Entry[] {
	try {
		return ruleEntries(rule, profile);
	} catch (error) {
		if (!(error instanceof GlobError)) throw error;
		throw new PolicyError(`a pattern of the rule ${error.message}`, rule.position, rule.file, "bad-glob");
	}
}

function ruleEntries(rule: Rule, profile: string): Entry[] {
	switch (rule.kind) {
		case "file":
			return fileEntries(rule, profile);
		case "link":
			return linkEntries(rule);
		case "change_profile":
			return changeProfileEntries(rule);
		case "network":
			return networkEntries(rule);
		case "unix":
			return unixEntries(rule);
		case "dbus":
			return dbusEntries(rule);
		case "signal":
			return signalEntries(rule);
		case "ptrace":
			return ptraceEntries(rule);
		case "mount":
			return mountEntries(rule);
		case "pivot_root":
			return pivotRootEntries(rule);
		case "mqueue":
			return mqueueEntries(rule);
		case "io_uring":
			return ioUringEntries(rule);
		case "userns":
			return [{ ...granted(rule), space: "userns", pattern: text([]), permissions: permissionBits("userns", []) }];
		case "all":
			return allEntries(rule, profile);
		case "capability":
		case "rlimit":
			return [];
	}
}

/** `all,` is a rule of each class; its execution, with the profile inherited, gives way to every other rule's. */
function allEntries(rule: AllRule, profile: string): Entry[] {
	const none = { permissions: [], local: [], peer: [] };
	const mount = (operation: "mount" | "remount" | "umount"): Rule => ({
		...rule,
		kind: "mount",
		operation,
		conditions: [],
	});
	const rules: Rule[] = [
		{ ...rule, ...none, kind: "unix" },
		{ ...rule, ...none, kind: "dbus" },
		{ ...rule, ...none, kind: "network" },
		{ ...rule, kind: "io_uring", permissions: [] },
		{ ...rule, kind: "mqueue", permissions: [] },
		{ ...rule, kind: "ptrace", permissions: [] },
		{ ...rule, kind: "signal", permissions: [], signals: [] },
		{ ...rule, kind: "userns", permissions: [] },
		mount("mount"),
		mount("remount"),
		mount("umount"),
		{ ...rule, kind: "pivot_root" },
		{ ...rule, kind: "file", path: "/{**,}", permissions: ["r", "w", "l", "k", "m"] },
		{
			...rule,
			kind: "file",
			path: "/{**,}",
			permissions: [],
			exec: rule.qualifiers.access === "deny" ? "x" : "ix",
			qualifiers: { ...rule.qualifiers, priority: (rule.qualifiers.priority ?? 0) - 2 },
		},
	];
	return rules.flatMap((each) => ruleEntries(each, profile)).map((entry) => ({ ...entry, rule }));
}
