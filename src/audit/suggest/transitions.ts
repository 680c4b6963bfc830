import type { SuggestSettings } from "./options";
import { isNullPart, joinParts, profileParts } from "./profile-name";

/** Which profile a process's events belong to once the proposed rules are in place. */
export type Resolve = (profile: string) => string | undefined;

/**
 * A program that runs without a rule for it gets, in complain mode, a profile of its own named `parent//null-/path`:
 * what it does there belongs to the profile that the proposed rule will leave it in.
 *
 * @param profileFor the name of the profile that already confines a program, if there is one.
 */
export function profileResolver(
	{ transitions, policy }: Pick<SuggestSettings, "transitions" | "policy">,
	profileFor: (program: string) => string | undefined,
): Resolve {
	return (profile) => {
		if (transitions === "keep") return profile;
		let parts: string[] = [];
		for (const part of profileParts(profile)) {
			// Old kernels had one such profile for all, without a parent.
			if (isNullPart(part) && parts.length === 0) return undefined;
			if (!isNullPart(part)) {
				parts.push(part);
				continue;
			}
			const name = part.slice("null-".length);
			const existing = profileFor(name);
			if (isHatName(name)) parts.push(name);
			else if (!isPath(name) && policy === undefined) parts.push(part);
			else if (existing !== undefined) parts = profileParts(existing);
			else if (transitions === "child" && parts.length === 1) parts.push(childName(name));
		}
		return joinParts(parts);
	};
}

/** A hat that is missing gets such a profile too. Kernels before 4.16 gave a number instead of the program's path. */
const isHatName = (name: string): boolean => !isPath(name) && !/^[0-9a-f]+$/.test(name);

const isPath = (name: string): boolean => name.startsWith("/");

/** The name of the child profile that is proposed for a program. */
export function childName(program: string): string {
	const name = program.slice(program.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._+-]/g, "_");
	return name === "" ? "child" : name;
}
