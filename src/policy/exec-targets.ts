import { type RuleOutline, readOutline, type Statement } from "./outline";

/**
 * The execute rules that need another profile to be loaded (`px`, `cx` and the like, without an `i` or `u`
 * to fall back on), one description each. Where that profile is missing the kernel refuses the execution,
 * in complain mode too (AppArmor's apparmor.d(5), *Execute Mode*).
 */
export function execTargets(policy: string): string[] {
	const found: string[] = [];
	const visit = (statements: Statement[], own: Set<string>) => {
		for (const statement of statements) {
			if (statement.kind === "rule") {
				const target = execTarget(statement, own);
				if (target) found.push(`line ${statement.position.line}: ${target}`);
			} else {
				const children = statement.body.flatMap((child) => (child.kind === "profile" ? [child.name] : []));
				visit(statement.body, statement.kind === "profile" ? new Set(children) : own);
			}
		}
	};
	visit(readOutline(policy), new Set());
	return found;
}

function execTarget(rule: RuleOutline, children: Set<string>): string | undefined {
	const words = rule.tokens.map((token) => token.text);
	const arrow = words.indexOf("->");
	const permissions = words.at(arrow === -1 ? -1 : arrow - 1) ?? "";
	const path = words.find((word) => /^["/@]/.test(word)) ?? "";
	if (words.includes("deny") || path === "" || !/^[a-zA-Z]*[pPcC]x$/.test(permissions)) return undefined;
	const target = arrow === -1 ? path : (words[arrow + 1] ?? "");
	if (/[cC]x$/.test(permissions) && children.has(target.replaceAll('"', ""))) return undefined;
	return `"${path} ${permissions}" needs a loaded profile ${arrow === -1 ? "for" : "called"} ${target}`;
}
