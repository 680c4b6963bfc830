import type { Rule } from "../../rules";
import type { FileRule } from "../../rules/file";
import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Folders that no application writes all of, and what writing there makes possible. */
const systemFolders: readonly (readonly [string, string])[] = [
	["/etc", "it changes the configuration of every other program, and AppArmor's policy"],
	["/usr", "it replaces the programs and libraries that everything else runs"],
	["/bin", "it replaces the programs that everything else runs"],
	["/sbin", "it replaces the programs that everything else runs"],
	["/lib", "it replaces the libraries that everything else runs"],
	["/boot", "it replaces the kernel"],
	["/dev", "it writes to disks and memory past their file systems"],
	["/proc", "it changes the kernel's settings and other processes"],
	["/sys", "it changes the kernel's settings and AppArmor's policy"],
	["/root", "it changes what root runs at its next login"],
];

/** Rules that allow so much that the profile hardly confines any more. */
export function tooWide(context: LintContext): Problem[] {
	return context.expanded.profiles
		.flatMap(({ rules }) => rules)
		.filter((rule) => rule.qualifiers.access !== "deny" && !rule.implied && isOwn(context, rule))
		.flatMap((rule) => {
			const reason = reasonFor(rule, context);
			return reason === undefined ? [] : [problemAt(rule, "too-wide", "warning", reason)];
		});
}

function reasonFor(rule: Rule, context: LintContext): string | undefined {
	switch (rule.kind) {
		case "all":
			return "all, allows everything that AppArmor knows of: the profile confines nothing";
		case "file":
			return reasonForFile(rule, context);
		case "change_profile":
			return isAnyProfile(rule.target)
				? "change_profile to any profile includes unconfined; name the profiles that it may change to"
				: undefined;
		case "mount": {
			const bare = rule.conditions.length === 0 && rule.source === undefined && rule.target === undefined;
			return bare && rule.operation === "mount"
				? "mount, allows every mount; name the file system, the source and the mount point"
				: undefined;
		}
		default:
			return undefined;
	}
}

function isAnyProfile(target: string | undefined): boolean {
	return target === undefined || /^\*+$/.test(target) || target === "unconfined";
}

function reasonForFile({ path, permissions, qualifiers }: FileRule, { covering }: LintContext): string | undefined {
	if (path === undefined) return "file, allows every file to be read, written and executed";
	if (!path.includes("**")) return undefined;
	const coversFolder = (folder: string): boolean => covering.covers(path, `${folder}/**`);
	const writes = permissions.includes("w") || permissions.includes("a");
	if (!writes && !permissions.includes("r")) return undefined;
	// A rule about the files that a process owns is as wide as the user's own rights, which is what it says.
	if (qualifiers.owner === "owner") return undefined;
	if (coversFolder("")) {
		return writes
			? `${path} allows every file to be written; name the folders that the application writes to`
			: `${path} allows every file to be read, keys and password hashes too; name the folders that the application reads`;
	}
	if (!writes) return undefined;
	const folder = systemFolders.find(([name]) => coversFolder(name));
	return folder && `${path} allows all of ${folder[0]} to be written: ${folder[1]}`;
}
