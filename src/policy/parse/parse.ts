import type { Policy } from "../ast";
import { type PolicyError, PolicyErrors } from "../errors";
import { Lexer, type Word } from "../lexer";
import { StatementParser } from "./statements";

export { PolicyError, PolicyErrors } from "../errors";

export interface ParseOptions {
	/** The name of the file that the text is from, for errors and places. */
	file?: string;
}

/**
 * Reads policy text, whole or a part of it that others include: rules may stand outside of profiles.
 *
 * The text is read as `apparmor_parser` 4.1 reads it, up to what its words mean: a capability that does not exist or a
 * variable that is not defined is none of its concern. Escapes are kept as they are written; `decodeEscapes` puts them in.
 *
 * @throws PolicyErrors with everything that is wrong with the text.
 */
export function parsePolicy(text: string, options: ParseOptions = {}): Policy {
	const { policy, errors } = readPolicy(text, options);
	if (errors.length > 0) throw new PolicyErrors(errors);
	return policy;
}

/** Reads policy text as `parsePolicy` does, and what can be read of it where something is wrong. */
export function readPolicy(text: string, options: ParseOptions = {}): { policy: Policy; errors: PolicyError[] } {
	const { policy, errors } = readWithLabels(text, options);
	return { policy, errors };
}

/** Reads policy text, and where rules in it name profiles. */
export function readWithLabels(
	text: string,
	options: ParseOptions = {},
): { policy: Policy; errors: PolicyError[]; labels: Word[] } {
	const lexer = new Lexer(text, options.file);
	const nul = text.indexOf("\0");
	if (nul !== -1)
		return {
			policy: { statements: [] },
			errors: [lexer.error("a NUL byte, which no policy may contain", nul)],
			labels: [],
		};
	const parser = new StatementParser(lexer);
	if (text.startsWith("\uFEFF")) {
		parser.errors.push(
			lexer.error("a byte order mark, which apparmor_parser refuses; save the text as UTF-8 without one", 0),
		);
		lexer.advance(1);
	}
	const statements = parser.statements();
	return { policy: { statements }, errors: inOrder(parser.errors), labels: lexer.labels };
}

function inOrder(errors: PolicyError[]): PolicyError[] {
	return errors.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
}
