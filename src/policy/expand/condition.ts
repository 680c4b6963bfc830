import type { Variables } from "./variables";

/** What a condition may ask: the values of variables and booleans. */
export interface Known {
	variables: Variables;
	booleans: Map<string, boolean>;
}

/** Why a condition has no answer: a stable code, and a sentence. */
export class ConditionError extends Error {
	constructor(
		readonly code: "undefined-boolean" | "bad-if",
		reason: string,
	) {
		super(reason);
	}
}

/** How deep parentheses and `not` may stand in each other. */
const maxDepth = 100;

/**
 * Whether a condition such as `$fast and not defined @{dir}` holds, by the rules of AppArmor 5.0 (of which 4.1 knows
 * only `$boolean`, `defined` and `not`).
 *
 * @throws ConditionError where it cannot be read, or asks for a boolean that is not set.
 * @throws `VariableError` where a variable cannot be put in.
 */
export function evaluate(condition: string, known: Known): boolean {
	const words = condition.match(/"(?:[^"\\]|\\.)*"|[()]|==|!=|<=|>=|<|>|[^\s()"=!<>]+|\S/g) ?? [];
	let next = 0;
	let depth = 0;

	const any = (): boolean => {
		let result = all();
		while (words[next] === "or") {
			next++;
			result = all() || result;
		}
		return result;
	};
	const all = (): boolean => {
		let result = single();
		while (words[next] === "and") {
			next++;
			result = single() && result;
		}
		return result;
	};
	const single = (): boolean => {
		if (++depth > maxDepth) throw bad(`it is nested deeper than ${maxDepth} levels`);
		try {
			return answer();
		} finally {
			depth--;
		}
	};
	const answer = (): boolean => {
		const word = words[next++];
		if (word === undefined) throw bad("it ends where a value was expected");
		if (word === "not") return !single();
		if (word === "(") {
			const result = any();
			if (words[next++] !== ")") throw bad("a ) is missing");
			return result;
		}
		if (word === "defined") return isDefined(words[next++], known);
		const comparison = comparisons.get(words[next] ?? "");
		if (comparison === undefined) return isTrue(word, known);
		next++;
		const right = words[next++];
		if (right === undefined) throw bad("it ends where a value was expected");
		return comparison(valuesOf(word, known), valuesOf(right, known));
	};

	const result = any();
	if (next < words.length) throw bad(`${words[next]} stands where its end was expected`);
	return result;
}

function bad(reason: string): ConditionError {
	return new ConditionError("bad-if", `the condition cannot be read: ${reason}`);
}

const setName = /^@(?:\{([a-z]\w*)\}|([a-z]\w*))$/i;
const booleanName = /^\$(?:\{([a-z]\w*)\}|([a-z]\w*))$/i;

function isDefined(word: string | undefined, known: Known): boolean {
	const variable = setName.exec(word ?? "");
	if (variable !== null) return known.variables.has(variable[1] ?? variable[2] ?? "");
	const boolean = booleanName.exec(word ?? "");
	if (boolean !== null) return known.booleans.has(boolean[1] ?? boolean[2] ?? "");
	throw bad(`defined is about a variable, @{name} or $name, not ${word ?? "the end"}`);
}

function isTrue(word: string, known: Known): boolean {
	const boolean = booleanName.exec(word);
	if (boolean !== null) {
		const name = boolean[1] ?? boolean[2] ?? "";
		const value = known.booleans.get(name);
		if (value === undefined) {
			throw new ConditionError("undefined-boolean", `$${name} is not set; set it before the profile: $${name} = true`);
		}
		return value;
	}
	if (/^true$/i.test(word)) return true;
	if (/^false$/i.test(word)) return false;
	throw bad(`${word} is neither true nor false`);
}

type Comparison = (left: string[], right: string[]) => boolean;

const comparisons = new Map<string, Comparison>([
	["in", (left, right) => left.every((value) => right.includes(value))],
	["==", (left, right) => sameSet(left, right)],
	["!=", (left, right) => !sameSet(left, right)],
	["<", (left, right) => order(left, right) < 0],
	["<=", (left, right) => order(left, right) <= 0],
	[">", (left, right) => order(left, right) > 0],
	[">=", (left, right) => order(left, right) >= 0],
]);

function valuesOf(word: string, known: Known): string[] {
	const variable = setName.exec(word);
	if (variable !== null) return known.variables.values(variable[1] ?? variable[2] ?? "");
	return [word.startsWith('"') ? word.slice(1, -1) : word];
}

function sameSet(left: string[], right: string[]): boolean {
	return left.length === right.length && new Set([...left, ...right]).size === left.length;
}

/** Numbers as numbers, sets of texts in the order of their sorted values, as `apparmor_parser` orders them. */
function order(left: string[], right: string[]): number {
	const numbers = [asNumber(left), asNumber(right)] as const;
	if (numbers[0] !== undefined && numbers[1] !== undefined) return numbers[0] - numbers[1];
	if (numbers[0] !== undefined || numbers[1] !== undefined) throw bad("only a number can be compared with a number");
	const [a, b] = [[...left].sort(), [...right].sort()];
	for (let index = 0; index < Math.min(a.length, b.length); index++) {
		const [first, second] = [a[index] ?? "", b[index] ?? ""];
		if (first !== second) return first < second ? -1 : 1;
	}
	return a.length - b.length;
}

function asNumber(values: string[]): number | undefined {
	return values.length === 1 && /^[-+]?\d+$/.test(values[0] ?? "") ? Number(values[0]) : undefined;
}
