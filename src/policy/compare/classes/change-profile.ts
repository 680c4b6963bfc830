import type { ChangeProfileRule } from "../../rules/change-profile";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { fields, sequence, text } from "../pattern";
import { permissionBits } from "../spaces";

/** A change at once, and one at an execution: there the program, the profile, and the two together are asked for. */
export function changeProfileEntries(rule: ChangeProfileRule): Entry[] {
	const target = parseGlob(rule.target ?? "**");
	const program = rule.exec === undefined ? sequence(text([0x2f]), someName) : parseGlob(rule.exec);
	// apparmor_parser 4.1 compiles neither their priority, nor `audit`, nor the silence of `deny`.
	const common = { ...granted(rule), priority: 0, marked: false, space: "change_profile" } as const;
	const onExec = permissionBits("change_profile", ["onexec"]);
	const execution = rule.exec === undefined ? [] : rule.safety === "unsafe" ? ["x", "unsafe"] : ["x"];
	return [
		{ ...common, pattern: target, permissions: permissionBits("change_profile", ["change_profile", "onexec"]) },
		{ ...common, pattern: program, permissions: onExec },
		{
			...common,
			pattern: fields(program, target),
			permissions: execution.length === 0 ? onExec : onExec | permissionBits("change_profile", execution),
		},
	];
}

/** What stands behind the first slash of a path. */
const someName = sequence(parseGlob("?"), parseGlob("**"));
