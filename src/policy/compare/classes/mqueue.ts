import type { MqueueRule } from "../../rules/mqueue";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyField, fields, type Pattern, someField } from "../pattern";
import { permissionBits } from "../spaces";

/** A queue's name, and its label; without a label in the rule, the name alone is enough. */
export function mqueueEntries(rule: MqueueRule): Entry[] {
	const type = rule.type ?? (rule.name === undefined ? undefined : rule.name.startsWith("/") ? "posix" : "sysv");
	const name = rule.name === undefined ? anyField : parseGlob(rule.name);
	const label: Pattern = rule.label === undefined ? someField : parseGlob(rule.label);
	const spaces = (["posix_mqueue", "sysv_mqueue"] as const).filter(
		(space) => type === undefined || space.startsWith(type),
	);
	return spaces.flatMap((space) => {
		const permissions = permissionBits(space, rule.permissions);
		// A queue has no label before it is made.
		const alone = rule.label === undefined ? permissions : permissions & permissionBits(space, ["create"]);
		return [
			...(alone === 0 ? [] : [{ ...granted(rule), space, pattern: name, permissions: alone }]),
			{ ...granted(rule), space, pattern: fields(name, label), permissions },
		];
	});
}
