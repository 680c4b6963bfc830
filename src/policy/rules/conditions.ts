import type { Lexer } from "../lexer";
import { printListWord, printName } from "../print/word";
import { conditionWord, listWord, nameWord } from "../words";
import { parseList } from "./permissions";
import type { Condition } from "./rule";

const equalsCondition = /([A-Za-z][A-Za-z0-9_]*)[ \t]*(?==)/y;
const inCondition = /([A-Za-z][A-Za-z0-9_]*)[ \t]+(?=in[ \t]*\()/y;

/** The conditions whose values name a profile. */
const labelConditions = new Set(["peer", "label"]);

/** Reads conditions such as `type=stream options in (ro, noexec)`, up to something else or a group. */
export function parseConditions(lexer: Lexer): Condition[] {
	const conditions: Condition[] = [];
	for (;;) {
		lexer.spaces();
		if (atGroup(lexer)) return conditions;
		const equals = lexer.match(equalsCondition);
		if (equals) {
			lexer.take("=");
			const name = equals[1] as string;
			conditions.push({ name, operator: "=", values: parseValues(lexer, name) });
			continue;
		}
		const within = lexer.match(inCondition);
		if (!within) return conditions;
		lexer.take("in");
		lexer.blanks();
		lexer.take("(");
		conditions.push({ name: within[1] as string, operator: "in", values: atLeastOne(lexer, parseList(lexer)) });
	}
}

function parseValues(lexer: Lexer, name: string): string[] {
	lexer.blanks();
	if (lexer.text[lexer.at] === "\n" || lexer.peek("\r\n")) lexer.spaces();
	if (lexer.take("(")) return atLeastOne(lexer, parseList(lexer));
	const value = lexer.word(nameWord);
	if (!value) throw lexer.expected(`a value behind "${name}="`);
	if (labelConditions.has(name)) lexer.labels.push(value);
	return [value.text];
}

function atLeastOne(lexer: Lexer, values: string[]): string[] {
	if (values.length === 0)
		throw lexer.error('an empty list "()"; leave the condition out or name a value', lexer.at - 1);
	return values;
}

const group = /(peer|xattrs)[ \t]*=[ \t]*\(/y;

/** Whether `peer=(` or `xattrs=(` stands here. */
export function atGroup(lexer: Lexer): boolean {
	group.lastIndex = lexer.at;
	return group.test(lexer.text);
}

/** Reads `peer=(name=x label=y)` or `xattrs=(user.x=y)`, whose conditions may have no value, if it stands here. */
export function parseGroup(lexer: Lexer, name: "peer" | "xattrs"): Condition[] | undefined {
	lexer.spaces();
	if (!atGroup(lexer)) return undefined;
	if (lexer.name() !== name) throw lexer.expected(`no "${lexer.name()}=(…)" here`);
	lexer.match(group);
	const conditions: Condition[] = [];
	for (;;) {
		lexer.spaces();
		if (lexer.take(")")) return conditions;
		if (lexer.take(",")) continue;
		const condition = lexer.text[lexer.at] === '"' ? undefined : lexer.word(conditionWord);
		if (!condition) throw lexer.expected('a condition or ")"');
		lexer.spaces();
		const values = lexer.take("=") ? [parseGroupValue(lexer, condition.text)] : [];
		conditions.push({ name: condition.text, operator: "=", values });
	}
}

function parseGroupValue(lexer: Lexer, name: string): string {
	lexer.blanks();
	const inParentheses = lexer.take("(");
	lexer.spaces();
	const value = lexer.word(listWord);
	if (!value || (value.quoted && value.text === "")) throw lexer.expected(`a value behind "${name}="`);
	if (labelConditions.has(name)) lexer.labels.push(value);
	if (inParentheses) {
		lexer.spaces();
		if (!lexer.take(")")) throw lexer.expected(`")" behind the value of "${name}", which can only have one`);
	}
	return value.text;
}

export function printConditions(conditions: readonly Condition[]): string[] {
	return conditions.map(({ name, operator, values }) => {
		if (operator === "in") return `${name} in (${values.map(printListWord).join(", ")})`;
		if (values.length === 1) return `${name}=${printName(values[0] as string)}`;
		return `${name}=(${values.map(printListWord).join(", ")})`;
	});
}

export function printGroup(name: "peer" | "xattrs", conditions: readonly Condition[]): string[] {
	if (conditions.length === 0) return [];
	const printed = conditions.map((each) =>
		each.values.length === 0 ? each.name : `${each.name}=${printListWord(each.values[0] as string)}`,
	);
	return [`${name}=(${printed.join(" ")})`];
}

/**
 * Reads the conditions of a rule that has each at most once, with one value; `names` are those that it may have.
 *
 * @returns the values by their names.
 */
export function parseSingleConditions(lexer: Lexer, rule: string, names: readonly string[]): Map<string, string> {
	lexer.spaces();
	const start = lexer.at;
	const found = new Map<string, string>();
	for (const { name, operator, values } of parseConditions(lexer)) {
		const [value = "", ...others] = values;
		if (!names.includes(name))
			throw lexer.error(`"${rule}" has no condition "${name}"; it has ${names.join(" and ")}`, start);
		if (operator === "in") throw lexer.error(`"${rule}" has no "${name} in (…)"; write ${name}=${value}`, start);
		if (found.has(name) || others.length > 0)
			throw lexer.error(
				`more than one "${name}" in a rule for "${rule}", which can have one; write a rule for each`,
				start,
			);
		found.set(name, value);
	}
	return found;
}
