import type { Lexer } from "../lexer";

const token = /[@$](?:\{[A-Za-z][A-Za-z0-9_]*\}|[A-Za-z][A-Za-z0-9_]*)|"[^"\n]*"|[()]|[=!<>]=|[<>]|[^\s{}()"=!<>,#]+/y;

const operators = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);

/** How deep parentheses and `not` may stand in each other. */
const maximumDepth = 100;

/**
 * Reads the condition of an `if` up to its `{`, and says it in one line. AppArmor 4.1 has `$boolean`, `defined` and
 * `not`; 5.0 has comparisons, `and`, `or` and parentheses, too.
 */
export function parseCondition(lexer: Lexer): string {
	const words: string[] = [];
	const peek = (): string => {
		lexer.gap();
		token.lastIndex = lexer.at;
		return token.exec(lexer.text)?.[0] ?? "";
	};
	const take = (): string => {
		const word = peek();
		if (word !== "") lexer.take(word);
		words.push(word);
		return word;
	};
	const single = (depth: number): void => {
		if (depth > maximumDepth) throw lexer.error(`a condition that is nested more than ${maximumDepth} deep`, lexer.at);
		const word = peek();
		if (word === "not") {
			take();
			single(depth + 1);
		} else if (word === "(") {
			take();
			whole(depth + 1);
			if (peek() !== ")") throw lexer.expected('")"');
			take();
		} else if (word === "defined") {
			take();
			if (!/^[@$]/.test(peek())) throw lexer.expected('a variable behind "defined"');
			take();
		} else {
			operand();
			if (!operators.has(peek())) return;
			take();
			operand();
		}
	};
	const operand = (): void => {
		if (!/^[^()=!<>]/.test(peek())) throw lexer.expected("a condition, such as $name or not defined @{name}");
		take();
	};
	const whole = (depth: number): void => {
		single(depth);
		while (/^(and|or)$/.test(peek())) {
			take();
			single(depth);
		}
	};
	whole(0);
	return words.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
}
