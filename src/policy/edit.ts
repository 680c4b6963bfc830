import type { Policy, Profile } from "./ast";
import { PolicyError } from "./errors";

/** A part of a text, and what takes its place. */
export interface Edit {
	start: number;
	end: number;
	text: string;
}

/** The text with its edits made; they do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
	let result = "";
	let at = 0;
	for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
		result += text.slice(at, edit.start) + edit.text;
		at = edit.end;
	}
	return result + text.slice(at);
}

/** The one profile of a policy; its children and hats do not count. @throws PolicyError where there is not just one. */
export function onlyProfile(policy: Policy): Profile {
	const [profile, second] = policy.statements.filter((statement) => statement.kind === "profile");
	if (!profile)
		throw new PolicyError("the policy declares no profile", { line: 1, column: 1 }, undefined, "no-profile");
	if (second)
		throw new PolicyError(
			`a second profile, "${second.name}", where the policy can have only one`,
			second.position,
			second.file,
			"several-profiles",
		);
	return profile;
}
