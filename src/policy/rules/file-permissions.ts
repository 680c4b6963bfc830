import type { Lexer, Word } from "../lexer";
import type { ExecMode, FilePermission, FileRule } from "./file";

/** The order in the AST. */
const order: readonly FilePermission[] = ["r", "w", "a", "l", "k", "m"];

/** The order of AppArmor's own profiles. */
const printOrder: readonly FilePermission[] = ["m", "r", "w", "a", "l", "k"];

const part = /[pc]?[iu]?x|[rwalmk]/gi;

/** Reads `rwk`, `mrPix` and the like. @throws PolicyError on two executions that differ. */
export function parseFilePermissions(lexer: Lexer, word: Word): Pick<FileRule, "permissions" | "exec"> {
	// The parser takes R, W, L, M and X for their small letters, and these two not.
	const [capital] = /[KA]/.exec(word.text) ?? [];
	if (capital !== undefined)
		throw lexer.error(`"${capital}" is no permission; write "${capital.toLowerCase()}"`, word.start);
	const found = new Set<string>();
	let exec: ExecMode | undefined;
	for (const [text] of word.text.matchAll(part)) {
		if (!/x$/i.test(text)) {
			found.add(text.toLowerCase());
			continue;
		}
		const mode = execMode(text);
		// A bare "x" says nothing that the mode before it has not said.
		if (exec !== undefined && mode === "x") continue;
		if (exec !== undefined && exec !== mode && !(exec === "x" && mode === "ix"))
			throw lexer.error(
				`"${word.text}" allows the execution both as "${exec}" and as "${mode}"; choose one`,
				word.start,
				"exec-conflict",
			);
		exec = mode;
	}
	const permissions = order.filter((permission) => found.has(permission));
	return { permissions, ...(exec === undefined ? {} : { exec }) };
}

/** As `apparmor_parser` reads it: of `Pux` and `PUx` the first letter says whether the environment is kept. */
function execMode(text: string): ExecMode {
	const [first = ""] = text;
	const second = text.slice(1, -1).toLowerCase();
	if (/[iI]/.test(first)) return "ix";
	if (second === "i") return `${first}ix` as ExecMode;
	if (second === "u") return (/[PC]/.test(first) ? `${first}Ux` : `${first}ux`) as ExecMode;
	return (/x/i.test(first) ? "x" : `${first}x`) as ExecMode;
}

export function printFilePermissions(rule: Pick<FileRule, "permissions" | "exec">): string {
	return printOrder.filter((permission) => rule.permissions.includes(permission)).join("") + (rule.exec ?? "");
}
