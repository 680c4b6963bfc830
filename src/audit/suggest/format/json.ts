import type { Suggestion } from "../suggestion";

/**
 * The suggestions as a JSON array, one object each, without the rules' syntax trees: `text` says the same. Bytes that
 * are not UTF-8 stay escaped as `\udcXX`.
 */
export function formatJson(suggestions: readonly Suggestion[]): string {
	const plain = suggestions.map((suggestion) =>
		suggestion.kind === "rule" ? { ...suggestion, rule: { kind: suggestion.rule.kind } } : suggestion,
	);
	return `${JSON.stringify(plain, undefined, 2)}\n`;
}
