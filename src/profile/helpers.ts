import { isAtLeast, type ParserVersion, parseParserVersion } from "../policy/knowledge/parser-version";
import { quotePath } from "./values";

/** What Handlebars hands to a helper behind its arguments. */
interface HelperOptions {
	data: { root: { profile: { parser: ParserVersion } } };
}

/**
 * The helpers of templates, beside Handlebars' own `if`, `unless`, `each`, `with` and `lookup`. Their
 * arguments have been checked before they get here; a part of `path` that was refused arrives as "".
 */
export const renderHelpers: Record<string, (...args: never[]) => unknown> = {
	/** `{{path dataDir "/**"}}`: one path from its parts, in quotes where it needs them, without doubled slashes. */
	path(...args: never[]): string {
		const parts = args.slice(0, -1) as unknown[];
		return parts.includes("") ? "" : quotePath(parts.join("").replaceAll(/\/{2,}/g, "/"));
	},
	/** `{{default port 8080}}`: the value, or the second argument where there is none. */
	default(value: unknown, fallback: unknown): unknown {
		return value ?? fallback;
	},
	/** `{{#if (eq protocol "tcp")}}`. */
	eq(a: unknown, b: unknown): boolean {
		return a === b;
	},
	/** `{{#if (parserAtLeast "4.0")}}`: rules that an older `apparmor_parser` does not know. */
	parserAtLeast(wanted: unknown, options: HelperOptions): boolean {
		const version = parseParserVersion(String(wanted));
		if (!version) throw new Error(`parserAtLeast: ${JSON.stringify(wanted)} is no version such as "4.0"`);
		return isAtLeast(options.data.root.profile.parser, version);
	},
};
