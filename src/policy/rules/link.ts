import type { Lexer } from "../lexer";
import { printName, printPath } from "../print/word";
import { nameWord } from "../words";
import type { RuleBase, RuleFields } from "./rule";

/** `link subset /a -> /b,`. */
export interface LinkRule extends RuleBase {
	kind: "link";
	/** The link may have no permission that its target has not. */
	subset?: true;
	path: string;
	target: string;
}

export function parseLink(lexer: Lexer): RuleFields<LinkRule> {
	lexer.gap();
	const subset = lexer.keyword("subset");
	lexer.gap();
	const path = lexer.pathOrName();
	if (!path) throw lexer.expected('a path behind "link"');
	lexer.gap();
	if (!lexer.take("->")) throw lexer.expected('"->" and the link\'s target');
	lexer.spaces();
	const target = lexer.word(nameWord);
	if (!target) throw lexer.expected('a path behind "->"');
	return { kind: "link", ...(subset ? { subset } : {}), path: path.text, target: target.text };
}

export function printLink({ subset, path, target }: LinkRule): string {
	return `link ${subset ? "subset " : ""}${printPath(path)} -> ${printName(target)}`;
}
