import { parsePolicy } from "../../../policy/parse/parse";
import { groupBy } from "../group-by";
import { joinParts, profileParts } from "../profile-name";
import type { Suggestion } from "../suggestion";
import { profilesByName } from "./insert";
import { childHeader, type ProfileFormatOptions, suggestionLines } from "./profile";
import { unifiedDiff } from "./unified-diff";

export interface TemplatePatchOptions {
	/** The policy that the template renders to. */
	policy: string;
	/** The template's text. */
	template: string;
	/** Its name in the patch's header. */
	file: string;
	/** The line of the template that a line of the policy comes from; undefined where it is from a partial. Both count from 1. */
	templateLine(policyLine: number): number | undefined;
	/** As for `formatProfile`. Default `comment`. */
	dangerous?: ProfileFormatOptions["dangerous"];
}

/**
 * The suggestions as a change of a Handlebars template: rules and includes in front of the line on which their profile
 * ends. What cannot be put in so (flags, which are in a header that values may make; profiles that the template has not,
 * or that a partial ends) is in `elsewhere`.
 *
 * @throws PolicyErrors where the policy cannot be read.
 */
export function addToTemplate(
	suggestions: readonly Suggestion[],
	options: TemplatePatchOptions,
): { text: string; elsewhere: Suggestion[] } {
	const { policy, template, dangerous = "comment" } = options;
	const profiles = profilesByName(parsePolicy(policy).statements);
	const lines = template.split("\n");
	const additions: { line: number; text: string[] }[] = [];
	const elsewhere: Suggestion[] = [];
	for (const [name, group] of groupBy(suggestions, ({ profile }) => profile)) {
		const child = group.find((one) => one.kind === "child-profile");
		const own = profiles.get(name);
		const into = own ?? (child && profiles.get(joinParts(profileParts(name).slice(0, -1))));
		const line = into && options.templateLine(lineOf(policy, into.end - 1));
		const close = line === undefined ? undefined : lines[line - 1];
		// A brace that shares its line with anything else may be one of Handlebars'.
		if (line === undefined || !/^\s*\}\s*$/.test(close ?? "")) {
			elsewhere.push(...group);
			continue;
		}
		const fitting = group.filter(
			({ kind, text }) => (kind === "rule" || kind === "abstraction") && !/\\\{\{/.test(text),
		);
		elsewhere.push(...group.filter((one) => !fitting.includes(one) && one.kind !== "child-profile"));
		const indent = `${/^\s*/.exec(close ?? "")?.[0] ?? ""}  `;
		const text = (deeper: string) =>
			fitting.flatMap((one) => suggestionLines(one, indent + deeper, { comments: true, dangerous })).map(literal);
		if (own) additions.push({ line, text: text("") });
		else {
			const header = childHeader(profileParts(name).at(-1) ?? "", child?.kind === "child-profile" && child.hat, []);
			additions.push({ line, text: ["", `${indent}${literal(header)} {`, ...text("  "), `${indent}}`] });
		}
	}
	for (const { line, text } of additions.reverse().sort((a, b) => b.line - a.line)) lines.splice(line - 1, 0, ...text);
	return { text: lines.join("\n"), elsewhere };
}

/** {@link addToTemplate} as a unified diff for `patch -p0`, with what is for a person to put in above it. */
export function formatTemplatePatch(suggestions: readonly Suggestion[], options: TemplatePatchOptions): string {
	const { template, file } = options;
	const { text, elsewhere } = addToTemplate(suggestions, options);
	const notes = elsewhere.map((one) => `# by hand: profile ${JSON.stringify(one.profile)}: ${one.text}\n`);
	if (text === template) return notes.join("");
	return notes.join("") + unifiedDiff(file, template, text);
}

/** Policy text as Handlebars passes it on unread. */
function literal(text: string): string {
	return text.replaceAll("{{", "\\{{");
}

function lineOf(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
	return line;
}
