import type { Policy, Profile, QualifierBlock, Statement } from "../ast";

/** Where a statement stands. */
export interface Surroundings {
	/** The profile around it. */
	profile?: Profile;
	/** The blocks of qualifiers that it stands in, `deny { … }`; innermost first. */
	blocks: QualifierBlock[];
	/** It stands in a conditional. */
	conditional?: true;
}

/** Calls for every statement of a policy, those in blocks and profiles too, outer ones first. */
export function eachStatement(policy: Policy, call: (statement: Statement, around: Surroundings) => void): void {
	visit(policy.statements, { blocks: [] }, call);
}

function visit(
	statements: Statement[],
	around: Surroundings,
	call: (statement: Statement, around: Surroundings) => void,
): void {
	for (const statement of statements) {
		call(statement, around);
		if (statement.kind === "profile") visit(statement.body, { profile: statement, blocks: [] }, call);
		else if (statement.kind === "block")
			visit(statement.body, { ...around, blocks: [statement, ...around.blocks] }, call);
		else if (statement.kind === "conditional") {
			visit(statement.body, { ...around, conditional: true }, call);
			visit(statement.otherwise ?? [], { ...around, conditional: true }, call);
		}
	}
}
