import type { ExpandedPolicy, ExpandedProfile } from "../expand/expanded";
import { isLinkTarget } from "../expand/patterns";
import type { ChangeProfileRule } from "../rules/change-profile";
import type { FileRule } from "../rules/file";
import type { RuleBase } from "../rules/rule";
import type { SourceRange } from "../source";
import type { Covering } from "./covering";
import { type Problem, problemAt } from "./problem";
import { StartIndex } from "./start-index";

/** The most named transitions that the compiled form of a profile has room for. */
const maxTransitions = 12;

/** The most kinds of decisions that are compared; modes and 12 names make no more than this. */
const maxKinds = 500;

/** What `file,` is about, and does. */
const everyPath = "/{**,}";

/**
 * Paths for which two rules give an execution different transitions, which `apparmor_parser` refuses. A rule without
 * wildcards wins over those with some, and a higher priority over all; a deny takes no contradiction away.
 */
export function execConflicts(policy: ExpandedPolicy, covering: Covering): Problem[] {
	return policy.profiles.flatMap((profile) => [...tooManyTransitions(profile), ...conflicts(profile, covering)]);
}

function tooManyTransitions(profile: ExpandedProfile): Problem[] {
	const targets = new Set(
		profile.rules.flatMap((rule) => (rule.kind === "file" ? (enteredBy(rule, profile) ?? []) : [])),
	);
	if (targets.size <= maxTransitions) return [];
	const message = `the rules name ${targets.size} profiles behind ->, and a profile has room for ${maxTransitions}; enter some by px without a name`;
	return [problemAt(profile.place, "too-many-transitions", "error", message)];
}

/** The profile that a rule enters by name, as it stands in the profile's table; undefined where there is no name. */
function enteredBy(rule: FileRule, profile: ExpandedProfile): string | undefined {
	const { target, path, exec = "" } = rule;
	if (target === undefined || isLinkTarget(rule)) return undefined;
	if (/^&?:/.test(target)) return target;
	const child = target.indexOf("//");
	if (child >= 0 && target.slice(child + 2) === path) return undefined;
	if (!/^cx/i.test(exec)) return target;
	return target === path ? undefined : `${ownName(profile)}//${target}`;
}

function ownName({ name, parent }: ExpandedProfile): string {
	return parent === undefined ? name.replace(/^:[^:]*:\/\//, "") : name.slice(parent.length + 2);
}

/** A rule that decides about an execution. */
interface Decision {
	rule: SourceRange;
	/** The program, and of `change_profile` the profile. */
	globs: string[];
	/** What it decides, as far as two decisions can differ. */
	transition: string;
	/** Written for a person. */
	words: string;
	/** Decisions of a higher rank win over those of a lower one. */
	rank: { priority: number; exact: boolean; prompt: boolean };
	/** Whose files it is about. */
	owner: "owner" | "other" | undefined;
}

function conflicts(profile: ExpandedProfile, covering: Covering): Problem[] {
	const allowing = profile.rules.filter(({ qualifiers }) => qualifiers.access !== "deny");
	const files = allowing.flatMap((rule) => (rule.kind === "file" ? decisionOf(rule, profile) : []));
	const changes = allowing.flatMap((rule) => (rule.kind === "change_profile" ? changeOf(rule) : []));
	return [...conflictsAmong(files, covering), ...conflictsAmong(changes, covering)];
}

function decisionOf(rule: FileRule, profile: ExpandedProfile): Decision[] {
	const { path = everyPath, target } = rule;
	const exec = rule.path === undefined ? "ix" : rule.exec;
	if (exec === undefined) return [];
	const entered = enteredBy(rule, profile);
	const words = `${exec}${target === undefined ? "" : ` -> ${target}`}`;
	const transition = [bitsOf(exec, rule.safety), entered ?? modeOf(exec, target)].join(" ");
	return [{ rule, globs: [path], transition, words, rank: rankOf(rule, [path]), owner: rule.qualifiers.owner }];
}

/** `change_profile` with a program decides whether the environment is kept when that is executed. */
function changeOf(rule: ChangeProfileRule): Decision[] {
	if (rule.exec === undefined) return [];
	const globs = [rule.exec, rule.target ?? "**"];
	const safety = rule.safety ?? "safe";
	return [{ rule, globs, transition: safety, words: `(${safety})`, rank: rankOf(rule, globs), owner: undefined }];
}

function rankOf({ qualifiers }: RuleBase, globs: string[]): Decision["rank"] {
	const prompt = qualifiers.access === "prompt";
	return { priority: qualifiers.priority ?? 0, exact: !prompt && globs.every(isExact), prompt };
}

/** What a name behind `->` leaves of a mode: whether the environment is kept, and what stands in for a missing profile. */
function bitsOf(exec: string, safety: FileRule["safety"]): string {
	const keepsEnvironment = safety === undefined ? /^[puc]/.test(exec) : safety === "unsafe";
	return `${keepsEnvironment ? "unsafe" : "safe"} ${/^[pc]?([iu])x$/i.exec(exec)?.[1]?.replace(/^u$/i, /^u/i.test(exec) ? "" : "u") ?? ""}`;
}

/** The first letter of a mode, where no name takes its place. */
function modeOf(exec: string, target: string | undefined): string {
	return target === undefined ? exec.charAt(0).toLowerCase() : "c";
}

/** Whether a glob has neither `*` nor `?` nor `[^…]`: `{…}` and `[…]` do not count as wildcards. */
function isExact(glob: string): boolean {
	return !/[*?]|\[\^/.test(glob.replace(/\\./gs, ""));
}

function conflictsAmong(decisions: Decision[], covering: Covering): Problem[] {
	const found: Problem[] = [];
	const lists = [...groups(decisions).values()].slice(0, maxKinds);
	const highest = Math.max(...decisions.map(({ rank }) => rank.priority));
	for (const [index, list] of lists.entries()) {
		for (const other of lists.slice(index + 1)) {
			if (!comparable(list[0], other[0])) continue;
			if (covering.exhausted) return found;
			const index = new StartIndex(other, ({ globs }) => globs[0] ?? "");
			for (const one of list) {
				const against = contradicting(one, index, covering);
				if (against === undefined) continue;
				const isDecided = one.rank.priority < highest && decidedByAnother(one, against, decisions, covering);
				if (!isDecided) found.push(conflict(one, against));
			}
		}
	}
	return found;
}

function contradicting(one: Decision, others: StartIndex<Decision>, covering: Covering): Decision | undefined {
	const [glob = ""] = one.globs;
	for (const candidates of [others.beginning(glob), others.continuing(glob)]) {
		for (const two of candidates) {
			if (covering.exhausted) return undefined;
			if (overlap(one, two, covering)) return two;
		}
	}
	return undefined;
}

/** The decisions by what they are; those of one group decide alike, so that only what is in different ones is compared. */
function groups(decisions: Decision[]): Map<string, Decision[]> {
	const result = new Map<string, Decision[]>();
	for (const decision of decisions) {
		const key = JSON.stringify([decision.rank, decision.transition, decision.owner]);
		const group = result.get(key);
		if (group === undefined) result.set(key, [decision]);
		else group.push(decision);
	}
	return result;
}

/** Whether two decisions are of the same rank, and can be about one file. */
function comparable(one: Decision | undefined, two: Decision | undefined): boolean {
	if (one === undefined || two === undefined) return false;
	return (
		one.rank.exact === two.rank.exact &&
		one.rank.prompt === two.rank.prompt &&
		one.rank.priority === two.rank.priority &&
		one.transition !== two.transition &&
		(one.owner === two.owner || one.owner === undefined || two.owner === undefined)
	);
}

function overlap(one: Decision, two: Decision, covering: Covering): boolean {
	return one.globs.every((glob, index) => covering.overlap(glob, two.globs[index] ?? ""));
}

/** Whether a rule of a higher priority decides about all that two are both about. */
function decidedByAnother(one: Decision, two: Decision, decisions: Decision[], covering: Covering): boolean {
	const higher = decisions.filter(({ rank, owner }) => rank.priority > one.rank.priority && owner === undefined);
	return higher.some(
		({ globs: [glob = ""] }) => covering.covers(glob, one.globs[0] ?? "") || covering.covers(glob, two.globs[0] ?? ""),
	);
}

function conflict(one: Decision, two: Decision): Problem {
	const [earlier, later] = one.rule.start <= two.rule.start ? [one, two] : [two, one];
	const place = `line ${earlier.rule.position.line}${earlier.rule.file === undefined ? "" : ` of ${earlier.rule.file}`}`;
	const shown = ({ globs, words }: Decision): string => `${globs.join(" -> ")} ${words}`;
	const message = `${shown(later)} contradicts ${shown(earlier)} in ${place}: one program cannot be executed in two ways; give one of them a narrower path or a priority`;
	return problemAt(later.rule, "exec-conflict", "error", message);
}
