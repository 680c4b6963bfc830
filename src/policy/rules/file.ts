import type { Lexer, Word } from "../lexer";
import { printName, printPath } from "../print/word";
import { nameWord } from "../words";
import { parseFilePermissions, printFilePermissions } from "./file-permissions";
import type { LinkRule } from "./link";
import type { RuleBase, RuleFields } from "./rule";

/** How an execution chooses the new process's profile; bare `x` is for `deny` only. */
export type ExecMode =
	| "x"
	| "ix"
	| "ux"
	| "Ux"
	| "px"
	| "Px"
	| "cx"
	| "Cx"
	| "pix"
	| "Pix"
	| "cix"
	| "Cix"
	| "pux"
	| "PUx"
	| "cux"
	| "CUx";

/** The permissions on a file that are not executions. */
export type FilePermission = "r" | "w" | "a" | "l" | "k" | "m";

/** `owner /var/lib/myapp/** rw,`, `/usr/bin/x Px -> y,`, `file,`. */
export interface FileRule extends RuleBase {
	kind: "file";
	/** The path's pattern, escapes as written, without outer quotes; undefined in `file,`, which is every path and permission. */
	path?: string;
	/** In the parser's order `r w a l k m`, each once. */
	permissions: FilePermission[];
	exec?: ExecMode;
	/** What stands behind `->`: the profile of an execution, or the target of a link. */
	target?: string;
	/** `safe` or `unsafe` before the path: whether an execution clears the environment. */
	safety?: "safe" | "unsafe";
	/** Written with the keyword `file`. */
	keyword?: true;
	/**
	 * A link's target stands behind `->`, which needs the permissions before the path: `rl /a -> /b`. In `/a rl -> /b`
	 * the target is a profile, as in an execution.
	 */
	linkTarget?: true;
}

/** Reads a rule from its `file`, `safe`, `unsafe`, path or permissions on. */
export function parseFile(lexer: Lexer): RuleFields<FileRule> | RuleFields<LinkRule> {
	const keyword = lexer.keyword("file");
	if (keyword) {
		lexer.gap();
		if (lexer.peek(",")) return { kind: "file", permissions: [], keyword };
	}
	const start = lexer.at;
	const safety = lexer.keyword("safe") ? "safe" : lexer.keyword("unsafe") ? "unsafe" : undefined;
	lexer.gap();
	const first = lexer.permissions();
	const subset = first !== undefined && subsetBehind(lexer, first);
	lexer.gap();
	const path = lexer.pathOrName();
	if (!path && first && lexer.peek("{"))
		throw lexer.error(`a profile whose name is no path begins with "profile", as in "profile ${first.text} {"`, start);
	if (!path) throw lexer.expected(first ? `a path behind "${first.text}"` : "a path");
	lexer.gap();
	const word = first ?? lexer.permissions();
	if (!word) throw noPermissions(lexer, path);
	const granted = parseFilePermissions(lexer, word);
	lexer.gap();
	const target = lexer.take("->") ? parseTarget(lexer) : undefined;
	if (safety && !granted.exec) throw lexer.error(`"${safety}" on a rule that allows no execution`, start);
	const linkTarget = first !== undefined && target !== undefined && granted.permissions.includes("l");
	if (subset && target !== undefined) return { kind: "link", subset, path: path.text, target: target.text };
	if (target && !linkTarget && !/^[cC]/.test(granted.exec ?? "")) lexer.labels.push(target);
	return {
		kind: "file",
		path: path.text,
		...granted,
		...(target === undefined ? {} : { target: target.text }),
		...(safety ? { safety } : {}),
		...(keyword ? { keyword } : {}),
		...(linkTarget ? { linkTarget } : {}),
	};
}

function subsetBehind(lexer: Lexer, permissions: Word): boolean {
	lexer.gap();
	const start = lexer.at;
	if (!lexer.keyword("subset")) return false;
	if (!/^l+$/i.test(permissions.text))
		throw lexer.error(`"subset" behind "${permissions.text}", where only "l" can stand before it`, start);
	return true;
}

function parseTarget(lexer: Lexer): Word {
	lexer.spaces();
	const target = lexer.word(nameWord);
	if (!target) throw lexer.expected('a profile or a path behind "->"');
	return target;
}

function noPermissions(lexer: Lexer, path: Word) {
	if (/^[A-Za-z]/.test(path.text) && !path.quoted)
		return lexer.error(`"${path.text}" is no rule, no qualifier and no path`, path.start);
	if (lexer.peek("{") || /^(flags|xattrs)$/.test(lexer.name()))
		return lexer.error(`a child profile has to begin with "profile", as in "profile NAME PATH {"`, path.start);
	if (path.text.includes("\n")) return lexer.error("a quoted string that does not end on its line", path.start);
	const swallowed = /^(.*[^\\,]),([rwalmkxipcu]+)$/i.exec(path.text);
	if (swallowed) return lexer.expected(`permissions behind "${path.text}" (a comma in a path is part of it)`);
	return lexer.expected(`permissions, such as "r", behind the path "${path.text.slice(0, 200)}"`);
}

export function printFile(rule: FileRule): string {
	if (rule.path === undefined) return "file";
	const permissions = printFilePermissions(rule);
	const words = [
		...(rule.keyword ? ["file"] : []),
		...(rule.safety ? [rule.safety] : []),
		...(rule.linkTarget ? [permissions, printPath(rule.path)] : [printPath(rule.path), permissions]),
		...(rule.target === undefined ? [] : ["->", printName(rule.target)]),
	];
	return words.join(" ");
}
