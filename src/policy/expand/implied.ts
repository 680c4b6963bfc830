import type { Rule } from "../rules";
import type { FilePermission, FileRule } from "../rules/file";
import type { SourceRange } from "../source";

/**
 * The rules that `apparmor_parser` adds to a profile: the files in /proc by which a process changes its hat or its
 * profile.
 *
 * @param place where they are said to stand.
 */
export function impliedRules(rules: Rule[], changesHat: boolean, place: SourceRange): FileRule[] {
	const changesProfile = rules.some((rule) => rule.kind === "change_profile");
	if (!changesHat && !changesProfile) return [];
	const rule = (path: string, permission: FilePermission): FileRule => ({
		kind: "file",
		path,
		permissions: [permission],
		qualifiers: { owner: "owner" },
		implied: true,
		...place,
	});
	return [
		rule("/proc/*/attr/apparmor/", "r"),
		rule("/sys/module/apparmor/parameters/enabled", "r"),
		...(changesProfile ? [rule("/proc/*/attr/{apparmor/,}{current,exec}", "w")] : []),
		...(changesHat ? [rule("/proc/[0-9]*/attr/{apparmor/,}current", "w")] : []),
	];
}
