import type { Policy, Profile, Statement } from "../ast";
import { expandPolicy } from "../expand/expand";
import type { IncludeReader } from "../expand/expanded";
import { parseParserVersion } from "../knowledge/parser-version";
import { readPolicy } from "../parse/parse";
import { Covering } from "./covering";
import { execConflicts } from "./exec-conflicts";
import { badGlobs } from "./globs";
import type { LintContext } from "./lint/context";
import { lint } from "./lint/lint";
import { tooNew } from "./lint/too-new";
import { type Problem, problemAt, type Severity } from "./problem";
import { refuseStatements } from "./statements";

export type { Problem, Severity } from "./problem";

export interface CheckOptions {
	/**
	 * Reads includes. Without it they are not looked into: each is a finding of severity `info`, and what depends on
	 * them, such as variables that they may define, is not checked.
	 */
	include?: IncludeReader;
	/** The file's name, for findings; none by default. */
	file?: string;
	/** The version of `apparmor_parser` that the policy is for, from "3.0" on; by default the newest that Debian has. */
	target?: string;
	/** Whether the profiles are for containers; false by default. */
	container?: boolean;
	/**
	 * Whether the text is a part of policies that others include, such as AppArmor's abstractions: its rules stand
	 * outside of profiles, and variables may be set by who includes it. False by default.
	 */
	fragment?: boolean;
}

/** The newest parser that Debian has. */
const newestParser = "4.1";

/**
 * What is wrong with a policy: errors are what `apparmor_parser` refuses, warnings and infos what an expert would say.
 * The findings stand in the order of their places, those in included files behind.
 *
 * The parser stops at its first error; this finds what it can. Where the text cannot be read at all in places, only
 * what concerns single statements is checked besides, for the rest would be guessed.
 *
 * @throws RangeError where `target` is no release of AppArmor from 3.0 on.
 */
export function checkPolicy(text: string, options: CheckOptions = {}): Problem[] {
	const { target = newestParser } = options;
	const parser = parseParserVersion(target);
	if (!parser) throw new RangeError(`target ${JSON.stringify(target)}: expected a release from 3.0 on, such as "4.0"`);
	const { policy, errors } = readPolicy(text, options.file === undefined ? {} : { file: options.file });
	const unreadable = errors.map((error) => problemAt(error, error.code, "error", error.reason));
	const whole = options.fragment ? asProfile(policy) : policy;
	return sorted(
		[...unreadable, ...checkWhole(whole, { ...options, target, parser }, errors.length === 0)],
		options.file,
	);
}

function checkWhole(
	policy: Policy,
	options: CheckOptions & Pick<LintContext, "target" | "parser">,
	readable: boolean,
): Problem[] {
	const { include, file, target, parser, container = false, fragment = false } = options;
	const { expanded, errors, included } = expandPolicy(policy, { include });
	const incomplete = fragment || errors.some(({ code }) => code === "include-not-read");
	const covering = new Covering();
	const context = { policy, expanded, file, fragment, container, target, parser, covering };
	const problems = [
		...[policy, ...included].flatMap((each) => refuseStatements(each, include)),
		...errors
			.filter(({ code }) => !(incomplete && dependsOnIncludes.has(code)))
			.map((error) => problemAt(error, error.code, severityOf(error.code), error.reason)),
		...tooNew(context),
		...badGlobs(expanded),
	];
	if (!readable || problems.some(({ severity }) => severity === "error")) return problems;
	return [...problems, ...execConflicts(expanded, covering), ...lint(context)];
}

/** Errors that an include, or what includes the file, could take away. */
const dependsOnIncludes: ReadonlySet<string> = new Set(["undefined-variable", "undefined-boolean"]);

function severityOf(code: string): Severity {
	return code === "include-not-read" ? "info" : "error";
}

/** A part of policies as a profile, for the rules to stand in one. */
function asProfile({ statements }: Policy): Policy {
	const start = { start: 0, end: 0, position: { line: 1, column: 1 } };
	const first = statements[0];
	const place = first?.file === undefined ? start : { ...start, file: first.file };
	const profile: Profile = {
		kind: "profile",
		keyword: true,
		name: "fragment",
		flags: [],
		xattrs: [],
		body: statements.filter((statement) => !standsOutside(statement)),
		header: { name: place, flags: place },
		...place,
	};
	return { statements: [...statements.filter(standsOutside), profile] };
}

function standsOutside({ kind }: Statement): boolean {
	return kind === "abi" || kind === "variable" || kind === "boolean" || kind === "alias" || kind === "profile";
}

function sorted(problems: Problem[], file: string | undefined): Problem[] {
	const isOther = (problem: Problem): number => (problem.file === file ? 0 : 1);
	return problems.sort(
		(a, b) =>
			isOther(a) - isOther(b) || (a.file ?? "").localeCompare(b.file ?? "") || a.line - b.line || a.column - b.column,
	);
}
