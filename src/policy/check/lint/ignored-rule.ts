import type { Policy } from "../../ast";
import type { Rule } from "../../rules";
import type { IoUringRule } from "../../rules/io-uring";
import { type Problem, problemAt } from "../problem";
import { eachStatement, type Surroundings } from "../walk";

/** What `apparmor_parser` reads and then leaves out, without a word. */
export function ignoredRule({ policy }: { policy: Policy }): Problem[] {
	const problems: Problem[] = [];
	eachStatement(policy, (statement, around) => {
		const message = reasonFor(statement as Rule, around);
		if (message !== undefined) problems.push(problemAt(statement, "ignored-rule", "warning", message));
	});
	return problems;
}

const notRules = new Set(["comment", "abi", "include", "variable", "boolean", "alias", "conditional", "block"]);

function reasonFor(statement: Rule | { kind: "profile" }, around: Surroundings): string | undefined {
	if (notRules.has(statement.kind)) return undefined;
	if (around.blocks.length > 0 && statement.kind !== "file" && statement.kind !== "link") {
		return `apparmor_parser, 4.1 at least, leaves out a ${statement.kind} in a block such as deny { … }: write the qualifier before it instead`;
	}
	const denies = statement.kind !== "profile" && statement.qualifiers.access === "deny";
	if (denies && around.blocks.some(({ qualifiers }) => qualifiers.access !== "deny")) {
		return "apparmor_parser 4.1 forgets the deny of a rule in a block, and allows what it is about: write the rule outside";
	}
	if (statement.kind === "io_uring") return unknownPermissions(statement);
	if (around.conditional && statement.kind === "rlimit") {
		return "apparmor_parser, 4.1 at least, leaves out limits in a conditional: write it outside";
	}
	if (
		statement.kind === "file" &&
		!statement.linkTarget &&
		statement.target !== undefined &&
		statement.exec === undefined
	) {
		return statement.permissions.includes("l")
			? `-> ${statement.target} has no effect behind a path: the link may go anywhere; write link ${statement.path} -> ${statement.target},`
			: `-> ${statement.target} has no effect on a rule that allows no execution`;
	}
	return undefined;
}

const ioUringPermissions = ["override_creds", "sqpoll"];

function unknownPermissions({ permissions }: IoUringRule): string | undefined {
	const unknown = permissions.filter((permission) => !ioUringPermissions.includes(permission));
	if (unknown.length === 0) return undefined;
	const all = unknown.length === permissions.length ? ", and without any the rule allows all of them" : "";
	return `apparmor_parser, 4.1 at least, leaves out what is no permission of io_uring: ${unknown.join(", ")}${all}`;
}
