import type { Lexer } from "../lexer";
import type { Qualifiers } from "../rules/rule";

const priority = /priority[ \t]*=[ \t]*([+-]?\d+)/y;

/** Every qualifier in the order in which they have to stand. */
const order = ["priority", "audit", "allow", "deny", "prompt", "quiet", "owner", "user", "other"];

/** Reads the qualifiers before a rule or a block. @throws PolicyError where their order is wrong. */
export function parseQualifiers(lexer: Lexer): Qualifiers {
	const qualifiers: Qualifiers = {};
	const start = lexer.at;
	const found = lexer.match(priority);
	if (found) qualifiers.priority = Number(found[1]);
	lexer.gap();
	if (lexer.keyword("audit")) qualifiers.audit = true;
	lexer.gap();
	const access = lexer.name();
	if (access === "allow" || access === "deny" || access === "prompt") {
		lexer.take(access);
		qualifiers.access = access;
		lexer.gap();
	}
	if (lexer.keyword("quiet")) qualifiers.quiet = true;
	lexer.gap();
	const owner = lexer.name();
	if (owner === "owner" || owner === "user" || owner === "other") {
		lexer.take(owner);
		qualifiers.owner = owner === "other" ? "other" : "owner";
		lexer.gap();
	}
	const next = lexer.name();
	if (lexer.at > start && order.includes(next))
		throw lexer.error(
			`"${next}" in the wrong place: qualifiers stand as in "priority=1 audit deny owner", each once`,
			lexer.at,
		);
	return qualifiers;
}
