import type { Rule } from "../rules";
import type { FileRule } from "../rules/file";
import type { LinkRule } from "../rules/link";
import { isLinkTarget } from "./patterns";

/** `alias /from/ -> /to/,`. */
export interface AliasPair {
	from: string;
	to: string;
}

/**
 * The rules with those that aliases make of them. As in `apparmor_parser`, an alias is about how a path's pattern
 * begins, as text, and does not apply to what another alias has made.
 */
export function withAliases(rules: Rule[], aliases: AliasPair[]): Rule[] {
	return aliases.length === 0 ? rules : rules.flatMap((rule) => [rule, ...aliased(rule, aliases)]);
}

function aliased(rule: Rule, aliases: AliasPair[]): Rule[] {
	if (rule.kind === "link") return linkAliases(rule, aliases);
	return rule.kind === "file" ? fileAliases(rule, aliases) : [];
}

function linkAliases(rule: LinkRule, aliases: AliasPair[]): LinkRule[] {
	return aliases
		.filter(({ from }) => rule.path.startsWith(from) || rule.target.startsWith(from))
		.map((alias) => ({ ...rule, path: replaced(rule.path, alias), target: replaced(rule.target, alias) }));
}

function fileAliases(rule: FileRule, aliases: AliasPair[]): FileRule[] {
	const { path, target } = rule;
	if (path === undefined) return [];
	const link = isLinkTarget(rule) ? target : undefined;
	return aliases
		.filter(({ from }) => path.startsWith(from) || link?.startsWith(from))
		.map((alias) => ({
			...rule,
			path: replaced(path, alias),
			...(link === undefined ? {} : { target: replaced(link, alias) }),
		}));
}

/** The pattern with those that aliases make of it, as one. */
export function attachmentWithAliases(attachment: string, aliases: AliasPair[]): string {
	const names = [
		attachment,
		...aliases.filter(({ from }) => attachment.startsWith(from)).map((alias) => replaced(attachment, alias)),
	];
	return names.length === 1 ? attachment : `{${names.join(",")}}`;
}

function replaced(path: string, alias: AliasPair): string {
	return path.startsWith(alias.from) ? alias.to + path.slice(alias.from.length) : path;
}
