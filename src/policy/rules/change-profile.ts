import type { Lexer } from "../lexer";
import { printName } from "../print/word";
import { nameWord } from "../words";
import type { RuleBase, RuleFields } from "./rule";

/** `change_profile unsafe /bin/x -> y,`. */
export interface ChangeProfileRule extends RuleBase {
	kind: "change_profile";
	safety?: "safe" | "unsafe";
	/** The program whose execution the change is for. */
	exec?: string;
	/** The new profile; undefined is any. */
	target?: string;
}

export function parseChangeProfile(lexer: Lexer): RuleFields<ChangeProfileRule> {
	lexer.spaces();
	const start = lexer.at;
	let safety: ChangeProfileRule["safety"];
	let word = lexer.peek("->") ? undefined : lexer.word(nameWord);
	if (word?.text === "safe" || word?.text === "unsafe") {
		safety = word.text;
		lexer.spaces();
		word = lexer.peek("->") ? undefined : lexer.word(nameWord);
	}
	if (word && !/^(\/|@\{)/.test(word.text))
		throw lexer.error(`expected a path or "->" behind "change_profile", found "${word.text}"`, word.start);
	if (safety && !word) throw lexer.error(`"${safety}" without the path of a program behind it`, start);
	lexer.spaces();
	const target = lexer.take("->") ? parseProfileName(lexer) : undefined;
	return {
		kind: "change_profile",
		...(safety ? { safety } : {}),
		...(word ? { exec: word.text } : {}),
		...(target === undefined ? {} : { target }),
	};
}

/** Reads the profile behind `->`. */
export function parseProfileName(lexer: Lexer): string {
	lexer.spaces();
	const name = lexer.word(nameWord);
	if (!name) throw lexer.expected('a profile behind "->"');
	lexer.labels.push(name);
	return name.text;
}

export function printChangeProfile({ safety, exec, target }: ChangeProfileRule): string {
	const words = ["change_profile"];
	if (safety) words.push(safety);
	if (exec !== undefined) words.push(printName(exec));
	if (target !== undefined) words.push("->", printName(target));
	return words.join(" ");
}
