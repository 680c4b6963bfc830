import type { Rule } from "../rules";
import type { FileRule } from "../rules/file";
import type { Condition } from "../rules/rule";

/**
 * A rule with its variables put in, in the places where `apparmor_parser` does: not in the profile that an execution
 * names, nor in options, addresses and numbers.
 */
export function expandRule(rule: Rule, expand: (pattern: string) => string): Rule {
	switch (rule.kind) {
		case "file": {
			const target = isLinkTarget(rule) ? path(rule.target) : rule.target;
			return { ...rule, ...given("path", path(rule.path)), ...given("target", target) };
		}
		case "link":
			return { ...rule, path: path(rule.path), target: path(rule.target) };
		case "change_profile":
			return { ...rule, ...given("exec", path(rule.exec)), ...given("target", name(rule.target)) };
		case "mount":
			return {
				...rule,
				conditions: conditions(rule.conditions, (condition) => /^v?fstype$/.test(condition)),
				...given("source", path(rule.source)),
				...given("target", path(rule.target)),
			};
		case "pivot_root":
			return {
				...rule,
				...given("oldRoot", path(rule.oldRoot)),
				...given("newRoot", path(rule.newRoot)),
				...given("target", name(rule.target)),
			};
		case "dbus":
			return { ...rule, local: withPath(conditions(rule.local), "path"), peer: conditions(rule.peer) };
		case "unix":
			return {
				...rule,
				local: withPath(conditions(rule.local, isUnixPattern), "addr"),
				peer: withPath(conditions(rule.peer, isUnixPattern), "addr"),
			};
		case "signal":
		case "ptrace":
			return { ...rule, ...given("peer", name(rule.peer)) };
		case "mqueue":
			return { ...rule, ...given("label", name(rule.label)), ...given("name", name(rule.name)) };
		default:
			return rule;
	}

	function name(pattern: string): string;
	function name(pattern: string | undefined): string | undefined;
	function name(pattern: string | undefined): string | undefined {
		return pattern === undefined ? undefined : expand(pattern);
	}

	function path(pattern: string): string;
	function path(pattern: string | undefined): string | undefined;
	function path(pattern: string | undefined): string | undefined {
		return pattern === undefined ? undefined : collapseSlashes(expand(pattern));
	}

	function conditions(list: Condition[], has: (name: string) => boolean = () => true): Condition[] {
		return list.map((each) => (has(each.name) ? { ...each, values: each.values.map(expand) } : each));
	}
}

function isUnixPattern(condition: string): boolean {
	return condition === "addr" || condition === "label";
}

/** Whether what stands behind the `->` of a rule is where its link may go. */
export function isLinkTarget(rule: FileRule): boolean {
	return rule.linkTarget === true;
}

function withPath(conditions: Condition[], name: string): Condition[] {
	return conditions.map((each) => (each.name === name ? { ...each, values: each.values.map(collapseSlashes) } : each));
}

/** A property that is there only where it has a value. */
function given<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
	return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}

/** A path with every run of slashes as one; two at its start stay, they are a space of paths of its own. */
export function collapseSlashes(path: string): string {
	if (!path.includes("//")) return path;
	const kept = /^\/\/(?!\/)/.test(path) ? "/" : "";
	return kept + path.slice(kept.length).replace(/\/{2,}/g, "/");
}
