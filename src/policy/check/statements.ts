import type { Policy, Statement } from "../ast";
import type { IncludeReader } from "../expand/expanded";
import type { FileRule } from "../rules/file";
import type { Fault } from "./fault";
import { type Problem, problemAt } from "./problem";
import { refuseFile } from "./refuse/file";
import { refuseFlags } from "./refuse/flags";
import { refuseRule } from "./refuse/rule";
import { eachStatement, type Surroundings } from "./walk";

/** What `apparmor_parser` refuses in the statements of a file by themselves, whether they come to effect or not. */
export function refuseStatements(policy: Policy, include: IncludeReader | undefined): Problem[] {
	const problems: Problem[] = [];
	eachStatement(policy, (statement, around) => {
		for (const { code, message } of refuseStatement(statement, around, include)) {
			problems.push(problemAt(statement, code, "error", message));
		}
	});
	return problems;
}

function refuseStatement(statement: Statement, around: Surroundings, include: IncludeReader | undefined): Fault[] {
	switch (statement.kind) {
		case "comment":
		case "include":
		case "variable":
		case "boolean":
		case "alias":
			return [];
		case "conditional":
			return around.profile === undefined ? [outside("a conditional")] : [];
		case "abi": {
			const missing = include !== undefined && include(statement.path, statement.magic === true) === undefined;
			if (!missing || statement.path === "kernel" || statement.path === "default") return [];
			return [{ code: "missing-include", message: `abi ${statement.path}: there is no such file` }];
		}
		case "block":
			return around.profile === undefined ? [outside("a block of rules")] : [];
		case "profile":
			return refuseFlags(statement.flags);
		case "file":
			return [...refuseRule(statement), ...refuseInBlocks(statement, around)];
		default:
			return refuseRule(statement);
	}
}

/** An execution's mode in a block, whose access takes the place of the rule's own. */
function refuseInBlocks(rule: FileRule, { blocks }: Surroundings): Fault[] {
	if (refuseFile(rule).some(isAboutMode)) return [];
	const faults = blocks.flatMap(({ qualifiers: { access } }) => {
		const { access: _, ...qualifiers } = rule.qualifiers;
		return refuseFile({ ...rule, qualifiers: access === undefined ? qualifiers : { ...qualifiers, access } });
	});
	return faults.filter(isAboutMode).slice(0, 1);
}

function isAboutMode({ code }: Fault): boolean {
	return code === "deny-exec-mode" || code === "exec-without-mode";
}

function outside(what: string): Fault {
	return { code: "rule-outside-profile", message: `${what} stands in a profile, between its { and }` };
}
