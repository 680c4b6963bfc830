import { applyEdits, type Edit, onlyProfile } from "./edit";
import { PolicyErrors } from "./errors";
import type { Word } from "./lexer";
import { readWithLabels } from "./parse/parse";
import { printListWord, printName, printPath, quote, withNamespace } from "./print/word";

/**
 * The policy with its profile renamed. Rules that name the profile, or a child of it as `name//child`, follow; the rest
 * of the text stays as it is. A profile that is named by its path alone, `/usr/bin/x {`, keeps it as its attachment.
 *
 * @throws PolicyErrors where the policy cannot be read, PolicyError where it has not exactly one profile.
 */
export function setName(policy: string, name: string): string {
	const { policy: parsed, errors, labels } = readWithLabels(policy);
	if (errors.length > 0) throw new PolicyErrors(errors);
	const profile = onlyProfile(parsed);
	if (profile.name === name) return policy;
	const full = withNamespace(profile.namespace, name);
	const { start, end } = profile.header.name;
	const hat = policy[start] === "^" ? "^" : "";
	const header =
		profile.keyword || profile.hat
			? hat + printName(full)
			: `profile ${printName(full)}${profile.attachment === undefined ? ` ${printPath(profile.name)}` : ""}`;
	const edits: Edit[] = [{ start, end, text: header }];
	const prefixes = profile.namespace === undefined ? [""] : ["", `:${profile.namespace}:`, `:${profile.namespace}://`];
	for (const label of labels) {
		const text = renamed(label, prefixes, profile.name, name);
		if (text !== undefined) edits.push({ start: label.start, end: label.end, text });
	}
	return applyEdits(policy, edits);
}

/** What a label becomes; undefined where it names something else. */
function renamed(label: Word, prefixes: string[], from: string, to: string): string | undefined {
	for (const prefix of prefixes) {
		const old = prefix + from;
		if (label.text !== old && !label.text.startsWith(`${old}//`)) continue;
		const text = prefix + to + label.text.slice(old.length);
		const bare = !label.quoted && printListWord(text) === text && printName(text) === text;
		return bare ? text : quote(text);
	}
	return undefined;
}
