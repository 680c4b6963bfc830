import { type Fault, suggestion } from "../fault";

/** What is wrong with the permissions of a rule that are words: those that its kind does not have. */
export function refusePermissions(kind: string, permissions: string[], known: readonly string[]): Fault[] {
	return permissions
		.filter((permission) => !known.includes(permission))
		.map((permission) => {
			const list = known.filter((each) => each.length > 2).join(", ");
			const message = `${permission} is no permission of a ${kind} rule${suggestion(permission, known)}: it has ${list}`;
			return { code: "unknown-permission", message };
		});
}

/** Permissions that are letters, as the rules that take read and write know them. */
export const letters: readonly string[] = ["r", "w", "rw", "wr"];
