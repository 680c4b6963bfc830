import type { Statement } from "../ast";
import type { ParserVersion } from "./parser-version";

/** A part of the language, and the version of `apparmor_parser` that was the first to know it. */
export interface Novelty {
	since: ParserVersion;
	/** What it is, for a person. */
	what: string;
}

const since = (version: ParserVersion, what: string): Novelty => ({ since: version, what });

const v4_0 = { major: 4, minor: 0 };
const v4_1 = { major: 4, minor: 1 };
const v5_0 = { major: 5, minor: 0 };

/** Flags by the version that knew them first; those from before 3.0 are not here. */
const flags: readonly (readonly [RegExp, ParserVersion])[] = [
	[/^(?:kill\.signal|error)=|^interruptible$/, v4_0],
	[/^attach_disconnected\.path=/, v4_0],
	[/^(?:default_allow|prompt|debug)$/, v4_0],
];

/** A condition that every version knows. */
const oldCondition = /^\s*(?:not\s+)*(?:\$\{?\w+\}?|defined\s+[@$]\{?\w+\}?)\s*$/;

/** Mount options that 3.0 does not know. */
const newMountOptions = new Set(["symfollow", "nosymfollow", "nostrictatime", "lazytime", "nolazytime"]);

/** The parts of a statement, without those of the statements in it, that not every parser since 3.0 knows. */
export function novelties(statement: Statement): Novelty[] {
	switch (statement.kind) {
		case "comment":
		case "abi":
		case "alias":
		case "include":
		case "boolean":
		case "variable":
			return [];
		case "conditional":
			return oldCondition.test(statement.condition)
				? []
				: [since(v5_0, "comparisons, true, and, or and parentheses in conditions")];
		case "profile":
			return statement.flags.flatMap((flag) =>
				flags.filter(([pattern]) => pattern.test(flag)).map(([, version]) => since(version, `the flag ${flag}`)),
			);
		case "block":
			return ofQualifiers(statement.qualifiers);
		default:
			return [...ofQualifiers(statement.qualifiers), ...ofRule(statement)];
	}
}

function ofQualifiers({ priority, access }: { priority?: number; access?: string }): Novelty[] {
	return [
		...(priority === undefined ? [] : [since(v4_1, "priorities")]),
		...(access === "prompt" ? [since(v4_0, "prompt rules")] : []),
	];
}

type RuleStatement = Exclude<
	Statement,
	{ kind: "abi" | "alias" | "block" | "boolean" | "comment" | "conditional" | "include" | "profile" | "variable" }
>;

function ofRule(rule: RuleStatement): Novelty[] {
	switch (rule.kind) {
		case "all":
		case "io_uring":
		case "mqueue":
		case "userns":
			return [since(v4_0, `${rule.kind} rules`)];
		case "network":
			return rule.permissions.length > 0 || rule.local.length > 0 || rule.peer.length > 0
				? [since(v4_0, "permissions, addresses and ports of network rules")]
				: [];
		case "mount":
			return rule.conditions
				.flatMap(({ values }) => values)
				.filter((value) => newMountOptions.has(value))
				.map((value) => since(v4_0, `the mount option ${value}`));
		default:
			return [];
	}
}
