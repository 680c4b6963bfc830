import type { Profile } from "./ast";
import { applyEdits, type Edit, onlyProfile } from "./edit";
import { PolicyError } from "./errors";
import { parsePolicy } from "./parse/parse";
import { printName, printPath } from "./print/word";

/** The path that a profile attaches to: what is written as such, or its name where that is a path. */
export function attachmentOf(profile: Profile): string | undefined {
	return profile.attachment ?? (/^(\/|@\{)/.test(profile.name) && !profile.hat ? profile.name : undefined);
}

/**
 * The policy with its profile attached to another path, or to none; its children and hats keep theirs, and so does the
 * profile its name.
 *
 * @throws PolicyErrors where the policy cannot be read, PolicyError where it has not exactly one profile, or one whose
 * name is a path and so attaches it in any case.
 */
export function setAttachment(policy: string, attachment: string | undefined): string {
	const profile = onlyProfile(parsePolicy(policy));
	if (attachmentOf(profile) === attachment) return policy;
	if (attachment === undefined && profile.attachment === undefined)
		throw new PolicyError(
			`the profile is named by the path "${profile.name}", which attaches it; give it another name first`,
			profile.position,
			undefined,
			"attached-by-name",
		);
	return applyEdits(policy, [
		profile.attachment === undefined ? added(profile, attachment) : changed(policy, profile, attachment),
	]);
}

function added({ header, keyword, hat, name }: Profile, attachment: string | undefined): Edit {
	const path = ` ${printPath(attachment ?? "")}`;
	if (keyword || hat) return { start: header.name.end, end: header.name.end, text: path };
	return { start: header.name.start, end: header.name.end, text: `profile ${printName(name)}${path}` };
}

function changed(policy: string, { header }: Profile, attachment: string | undefined): Edit {
	const { start, end } = header.attachment ?? header.name;
	if (attachment !== undefined) return { start, end, text: printPath(attachment) };
	const gap = /[ \t]*$/.exec(policy.slice(header.name.end, start))?.[0].length ?? 0;
	return { start: start - gap, end, text: "" };
}
