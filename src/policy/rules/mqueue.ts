import type { Lexer } from "../lexer";
import { printName, printRuleWord } from "../print/word";
import { ruleWord } from "../words";
import { parseSingleConditions } from "./conditions";
import { parsePermissions, printPermissions } from "./permissions";
import type { RuleBase, RuleFields } from "./rule";

/** `mqueue (read create) type=posix label=x /name,`. */
export interface MqueueRule extends RuleBase {
	kind: "mqueue";
	permissions: string[];
	/** `posix` or `sysv`. */
	type?: string;
	label?: string;
	/** `/name` (POSIX) or a number (System V). */
	name?: string;
}

const permissions = ["create", "open", "delete", "getattr", "setattr", "read", "write"];

export function parseMqueue(lexer: Lexer): RuleFields<MqueueRule> {
	lexer.spaces();
	const found = parsePermissions(lexer, permissions);
	const conditions = parseSingleConditions(lexer, "mqueue", ["type", "label"]);
	const type = conditions.get("type");
	const label = conditions.get("label");
	const name = lexer.ruleWord(ruleWord)?.text;
	return {
		kind: "mqueue",
		permissions: found,
		...(type === undefined ? {} : { type }),
		...(label === undefined ? {} : { label }),
		...(name === undefined ? {} : { name }),
	};
}

export function printMqueue({ permissions: granted, type, label, name }: MqueueRule): string {
	const words = ["mqueue", ...printPermissions(granted)];
	if (type !== undefined) words.push(`type=${printName(type)}`);
	if (label !== undefined) words.push(`label=${printName(label)}`);
	if (name !== undefined) words.push(printRuleWord(name, permissions));
	return words.join(" ");
}
