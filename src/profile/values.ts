import type { Use } from "./template-syntax";

/**
 * What may pass from a value into policy text. A value is data: whatever its source, it must not be able to
 * end the rule that it stands in, start another, or open a comment, an include or a block.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Code points that mark source lines while a template is rendered. */
const reserved = /[\ue000\ue001]/;

/** Why a value may not stand in policy text even within quotes, or undefined where it may. */
function quotedValueProblem(value: string): string | undefined {
	if (/[\r\n\u0085\u2028\u2029]/.test(value)) return "contains a line break";
	if (controls.test(value)) return "contains a control character";
	if (reserved.test(value)) return "contains the private-use characters U+E000 or U+E001";
	if (value.includes('"')) return 'contains a quote (")';
	if (value.endsWith("\\")) return "ends with a backslash, which would escape what follows";
	return bracesProblem(value);
}

/** Why a value may not stand in policy text as it is, or undefined where it may. */
function plainValueProblem(value: string): string | undefined {
	const problem = quotedValueProblem(value);
	if (problem) return problem;
	if (value === "") return "is empty";
	if (/\s/.test(value)) return "contains white space; in the template, {{path NAME}} quotes a path that does";
	if (value.includes("#")) return 'contains "#", which starts a comment or an include';
	if (/[()<>]/.test(value)) return "contains one of the characters ( ) < >";
	if (commaOutsideBraces(value)) return 'contains "," outside of braces, which would end the rule';
	return undefined;
}

/** Why a value may not be used as a template uses it, or undefined where it may. */
export function usedValueProblem(value: unknown, use: Use): string | undefined {
	if (value === undefined || value === null) return "is missing";
	if (use === "any") return undefined;
	if (use === "list") return typeof value === "object" ? undefined : `${JSON.stringify(value)} is no list`;
	if (Array.isArray(value)) return "is a list; in the template, write {{#each}} around it";
	if (typeof value === "object" || typeof value === "function") return `is a ${typeof value}, not text`;
	if (typeof value === "number" && !Number.isFinite(value)) return `${value} is no number that a policy can hold`;
	const text = String(value);
	const problem = textProblems[use](text);
	return problem && `${JSON.stringify(text)} ${problem}`;
}

const textProblems = {
	plain: plainValueProblem,
	quoted: quotedValueProblem,
	path: pathProblem,
	raw: rawValueProblem,
};

/** Why what `path` made of its parts is no path; empty means that a part was refused already. */
function pathProblem(path: string): string | undefined {
	return path === "" || /^"?(\/|@\{)/.test(path) ? undefined : "is no absolute path";
}

/** Why text may not even be taken as raw policy, or undefined where it may. */
function rawValueProblem(value: string): string | undefined {
	if (reserved.test(value)) return "contains the private-use characters U+E000 or U+E001";
	return value.includes("\0") ? "contains a NUL character" : undefined;
}

/** The path in quotes where it needs them, as it is where it does not. */
export function quotePath(path: string): string {
	return plainValueProblem(path) === undefined ? path : `"${path}"`;
}

function bracesProblem(value: string): string | undefined {
	let depth = 0;
	for (let i = 0; i < value.length; i++) {
		const char = value[i];
		if (char === "\\") i++;
		else if (char === "{") depth++;
		else if (char === "}" && --depth < 0) return 'contains "}" without its "{"';
	}
	if (depth > 0) return 'contains "{" without its "}"';
	if (/(^|\s){(\s|$)/.test(value)) return 'contains a "{" that stands by itself, which would open a block';
	return undefined;
}

function commaOutsideBraces(value: string): boolean {
	let depth = 0;
	for (const char of value) {
		if (char === "{") depth++;
		else if (char === "}") depth--;
		else if (char === "," && depth === 0) return true;
	}
	return false;
}
