import { headerName } from "../literal";
import type { Suggestion } from "../suggestion";
import { type ProfileNode, profileTree } from "./tree";

export interface ProfileFormatOptions {
	/** Profiles to show even where nothing is proposed for them. */
	profiles?: readonly string[];
	/** Whether what a person must decide stands above each rule as a comment. Default true; always above what is commented out. */
	comments?: boolean;
	/**
	 * Dangerous rules are commented out (`comment`, the default), so that nobody gets them without having read them,
	 * or written like the others (`write`).
	 */
	dangerous?: "comment" | "write";
}

/**
 * The suggestions as AppArmor policy: a profile for each that they are for, children and hats inside of theirs. Where
 * rules use AppArmor's variables, the include that defines them stands first.
 */
export function formatProfile(suggestions: readonly Suggestion[], options: ProfileFormatOptions = {}): string {
	const { comments = true, dangerous = "comment" } = options;
	const lines = (suggestion: Suggestion, indent: string) =>
		suggestionLines(suggestion, indent, { comments, dangerous });
	const preamble = usesVariables(suggestions) ? "include <tunables/global>\n\n" : "";
	const profiles = profileTree(suggestions, options.profiles).map((node) => profileText(node, "", lines));
	return preamble + profiles.join("\n");
}

const usesVariables = (suggestions: readonly Suggestion[]): boolean =>
	suggestions.some((one) => one.kind === "abstraction" || (one.kind === "rule" && /(?<!\\)@\{/.test(one.text)));

function profileText(
	node: ProfileNode,
	indent: string,
	linesOf: (suggestion: Suggestion, indent: string) => string[],
): string {
	const inner = `${indent}  `;
	const flags = node.suggestions.filter((one) => one.kind === "flag").map((one) => one.flag);
	const header = indent === "" ? topHeader(node.name, flags) : childHeader(node.name, node.hat, flags);
	const lines = node.suggestions.filter((one) => one.kind !== "flag").flatMap((one) => linesOf(one, inner));
	const children = node.children.map((child) => `\n${profileText(child, inner, linesOf)}`);
	return `${indent}${header} {\n${lines.map((line) => `${line}\n`).join("")}${children.join("")}${indent}}\n`;
}

/** A path needs no keyword, any other name does. */
const topHeader = (name: string, flags: readonly string[]): string =>
	`${name.startsWith("/") ? "" : "profile "}${quotedName(name)}${flagsText(flags)}`;

/** What stands before a child's `{`. */
export const childHeader = (name: string, hat: boolean, flags: readonly string[]): string =>
	`${hat ? "^" : "profile "}${quotedName(name)}${flagsText(flags)}`;

const flagsText = (flags: readonly string[]): string => (flags.length === 0 ? "" : ` flags=(${flags.join(", ")})`);

function quotedName(name: string): string {
	const safe = headerName(name);
	return /[\s"!#=()]|,$/.test(safe) ? `"${safe}"` : safe;
}

/** The suggestion's text at its depth, below a comment with what a person must decide. */
export function suggestionLines(
	{ text, level, needsReview }: Suggestion,
	indent: string,
	{ comments, dangerous }: Required<Pick<ProfileFormatOptions, "comments" | "dangerous">>,
): string[] {
	const off = level === "dangerous" && dangerous === "comment";
	const warning = (comments || off) && needsReview !== undefined ? [`# ${level}: ${needsReview}`] : [];
	return [...warning, ...text.split("\n").map((line) => (off ? `# ${line}` : line))].map((line) => indent + line);
}
