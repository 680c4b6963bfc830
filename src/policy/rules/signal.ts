import type { Lexer } from "../lexer";
import { printListWord, printName } from "../print/word";
import { parseConditions } from "./conditions";
import { parsePermissions, printPermissions } from "./permissions";
import type { RuleBase, RuleFields } from "./rule";

/** `signal (send receive) set=(term hup) peer=myapp,`. */
export interface SignalRule extends RuleBase {
	kind: "signal";
	permissions: string[];
	/** Names in lower case without `SIG`; empty is every signal. */
	signals: string[];
	peer?: string;
}

const permissions = ["send", "receive", "read", "write"];

export function parseSignal(lexer: Lexer): RuleFields<SignalRule> {
	lexer.spaces();
	const rule: RuleFields<SignalRule> = {
		kind: "signal",
		permissions: parsePermissions(lexer, permissions),
		signals: [],
	};
	lexer.spaces();
	const start = lexer.at;
	for (const { name, operator, values } of parseConditions(lexer)) {
		if (name !== "set" && name !== "peer")
			throw lexer.error(`"signal" has no condition "${name}"; it has set and peer`, start);
		if (operator === "in") throw lexer.error(`"signal" has no "${name} in (…)"; write ${name}=(…)`, start);
		if (name === "set") for (const value of values) rule.signals.push(value);
		else if (rule.peer === undefined) rule.peer = values[0] as string;
		else throw lexer.error(`more than one "peer" in a rule for "signal"; write a rule for each`, start);
	}
	return rule;
}

export function printSignal({ permissions, signals, peer }: SignalRule): string {
	const words = ["signal", ...printPermissions(permissions)];
	if (signals.length === 1) words.push(`set=${printName(signals[0] as string)}`);
	else if (signals.length > 1) words.push(`set=(${signals.map(printListWord).join(", ")})`);
	if (peer !== undefined) words.push(`peer=${printName(peer)}`);
	return words.join(" ");
}
