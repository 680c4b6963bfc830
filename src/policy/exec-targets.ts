import type { Statement } from "./ast";
import { parsePolicy } from "./parse/parse";
import { printPath } from "./print/word";
import type { FileRule } from "./rules/file";
import { printFilePermissions } from "./rules/file-permissions";

/**
 * The execute rules that need another profile to be loaded (`px`, `cx` and the like, without an `i` or `u`
 * to fall back on), one description each. Where that profile is missing the kernel refuses the execution,
 * in complain mode too (AppArmor's apparmor.d(5), *Execute Mode*).
 *
 * @throws PolicyErrors where the policy cannot be read.
 */
export function execTargets(policy: string): string[] {
	const found: string[] = [];
	const visit = (statements: readonly Statement[], children: ReadonlySet<string>) => {
		for (const statement of statements) {
			if ("qualifiers" in statement && statement.qualifiers.access === "deny") continue;
			if (statement.kind === "file") {
				const target = execTarget(statement, children);
				if (target) found.push(`line ${statement.position.line}: ${target}`);
			}
			if ("body" in statement)
				visit(statement.body, statement.kind === "profile" ? childrenIn(statement.body) : children);
			if (statement.kind === "conditional") visit(statement.otherwise ?? [], children);
		}
	};
	visit(parsePolicy(policy).statements, new Set());
	return found;
}

/** The names of the profiles in a profile's body, in its conditionals, too. */
function childrenIn(statements: readonly Statement[]): Set<string> {
	const names = new Set<string>();
	for (const statement of statements) {
		if (statement.kind === "profile") names.add(statement.name);
		if (statement.kind === "conditional")
			for (const name of childrenIn([...statement.body, ...(statement.otherwise ?? [])])) names.add(name);
	}
	return names;
}

function execTarget(rule: FileRule, children: ReadonlySet<string>): string | undefined {
	if (rule.path === undefined || !/^[pc]x$/i.test(rule.exec ?? "")) return undefined;
	const target = rule.target ?? rule.path;
	if (/^c/i.test(rule.exec ?? "") && children.has(target)) return undefined;
	const written = `${printPath(rule.path)} ${printFilePermissions(rule)}`;
	return `"${written}" needs a loaded profile ${rule.target === undefined ? "for" : "called"} ${target}`;
}
