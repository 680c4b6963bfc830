import type { Profile, Statement } from "./ast";
import { applyEdits, type Edit } from "./edit";
import { parsePolicy } from "./parse/parse";

/**
 * What a profile does on its targets: AppArmor's own profile modes, and `disabled`.
 */
export const Mode = {
	/** What the policy does not allow is blocked and logged. */
	Enforce: "enforce",
	/** Nothing is blocked; what enforcing would have blocked is logged. */
	Complain: "complain",
	/** What the policy does not allow is blocked and logged, and the process is killed. */
	Kill: "kill",
	/** The profile is loaded and attached by name but confines nothing. */
	Unconfined: "unconfined",
	/** The policy is installed but not loaded, now or at boot. */
	Disabled: "disabled",
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

export const modes: readonly string[] = Object.values(Mode);

/** The flags of a profile that say its mode; all others are kept. */
const modeFlags = new Set(["enforce", "complain", "kill", "unconfined", "prompt", "default_allow"]);

/** Abstractions of AppArmor's that hold nothing but `deny` rules. */
const denyOnlyAbstractions = /^abstractions\/private-files(-strict)?$/;

/**
 * The policy with its mode set in the flags of every profile and hat in it. Lines keep their numbers.
 *
 * For `complain`, `deny` rules and includes that hold nothing else are turned into comments: the kernel
 * enforces `deny` in complain mode too (kubernetes-sigs/security-profiles-operator#3097), and what they
 * would have denied then shows up as an event. A `disabled` policy is written as an enforced one.
 *
 * @throws PolicyErrors where the policy cannot be read.
 */
export function setMode(policy: string, mode: Mode): string {
	const edits: Edit[] = [];
	const flag = mode === Mode.Enforce || mode === Mode.Disabled ? undefined : mode;
	const visit = (statements: Statement[]) => {
		for (const statement of statements) {
			if (mode === Mode.Complain && blocksInComplain(statement)) {
				edits.push(commentOut(policy, statement));
				continue;
			}
			if (statement.kind === "profile") edits.push(flagsEdit(policy, statement, flag));
			if ("body" in statement) visit(statement.body);
			if (statement.kind === "conditional") visit(statement.otherwise ?? []);
		}
	};
	visit(parsePolicy(policy).statements);
	return applyEdits(policy, edits);
}

function flagsEdit(policy: string, profile: Profile, mode: string | undefined): Edit {
	const flags = profile.flags.filter((flag) => !modeFlags.has(flag));
	if (mode) flags.push(mode);
	const { start, end } = profile.header.flags;
	const existed = end > start;
	// A header whose only flag was its mode keeps no empty "flags=()", which the parser refuses.
	const text = flags.length > 0 ? `${existed ? "" : " "}flags=(${flags.join(", ")})` : "";
	const gap = existed && text === "" && policy[start - 1] === " " ? 1 : 0;
	return { start: start - gap, end, text };
}

function blocksInComplain(statement: Statement): boolean {
	if (statement.kind === "include") return statement.magic === true && denyOnlyAbstractions.test(statement.path);
	return "qualifiers" in statement && statement.qualifiers.access === "deny";
}

function commentOut(policy: string, statement: Statement): Edit {
	const { start, end } = statement;
	const text = policy.slice(start, end);
	const restOfLine = policy.slice(end, lineEnd(policy, end)).trim();
	if (restOfLine === "" || restOfLine.startsWith("#"))
		return { start, end, text: `# not in complain mode: ${text.replaceAll("\n", "\n# ")}` };
	// Another rule follows on the line, which a comment would swallow.
	return { start, end, text: text.replaceAll(/[^\n]/g, " ") };
}

function lineEnd(text: string, from: number): number {
	const end = text.indexOf("\n", from);
	return end === -1 ? text.length : end;
}
