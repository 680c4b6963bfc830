import type { Lexer } from "../lexer";
import type { Rule } from "../rules";
import { parseAll } from "../rules/all";
import { parseCapability } from "../rules/capability";
import { parseChangeProfile } from "../rules/change-profile";
import { parseDbus } from "../rules/dbus";
import { parseFile } from "../rules/file";
import { parseIoUring } from "../rules/io-uring";
import { parseLink } from "../rules/link";
import { parseMount } from "../rules/mount";
import { parseMqueue } from "../rules/mqueue";
import { parseNetwork } from "../rules/network";
import { parsePivotRoot } from "../rules/pivot-root";
import { parsePtrace } from "../rules/ptrace";
import { parseRlimit } from "../rules/rlimit";
import type { Qualifiers, RuleBase } from "../rules/rule";
import { parseSignal } from "../rules/signal";
import { parseUnix } from "../rules/unix";
import { parseUserns } from "../rules/userns";

type Fields<Each> = Each extends RuleBase ? Omit<Each, keyof RuleBase> : never;

/** The rules that begin with a keyword. */
const byKeyword: Record<string, (lexer: Lexer) => Fields<Rule>> = {
	all: parseAll,
	capability: parseCapability,
	change_profile: parseChangeProfile,
	dbus: parseDbus,
	io_uring: parseIoUring,
	link: parseLink,
	mount: (lexer) => parseMount(lexer, "mount"),
	mqueue: parseMqueue,
	network: parseNetwork,
	pivot_root: parsePivotRoot,
	ptrace: parsePtrace,
	remount: (lexer) => parseMount(lexer, "remount"),
	set: parseRlimit,
	signal: parseSignal,
	umount: (lexer) => parseMount(lexer, "umount"),
	unix: parseUnix,
	unmount: (lexer) => parseMount(lexer, "umount"),
	userns: parseUserns,
};

/** Reads a rule behind its qualifiers, with its comma. `start` is where its qualifiers begin. */
export function parseRule(lexer: Lexer, qualifiers: Qualifiers, start: number): Rule {
	const name = lexer.name();
	const parse = Object.hasOwn(byKeyword, name) ? byKeyword[name] : undefined;
	if (parse) {
		if (name === "set" && lexer.at > start) throw lexer.error('qualifiers before "set rlimit", which has none', start);
		lexer.take(name);
	}
	const fields = parse ? parse(lexer) : parseFile(lexer);
	lexer.gap();
	if (!lexer.take(",")) throw lexer.expected(`"," at the end of the rule`);
	return { ...fields, qualifiers, ...lexer.range(start, lexer.at) } as Rule;
}
