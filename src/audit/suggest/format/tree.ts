import { joinParts, profileParts } from "../profile-name";
import type { Suggestion } from "../suggestion";

/** A profile of a suggestion's text: what is proposed for it, and its children. */
export interface ProfileNode {
	/** Its own part of the full name. */
	name: string;
	hat: boolean;
	suggestions: Suggestion[];
	children: ProfileNode[];
}

/**
 * The suggestions by profile, a child inside of its parent. AppArmor knows children and no grandchildren: what is
 * deeper stands under its whole name below the top.
 */
export function profileTree(suggestions: readonly Suggestion[], profiles: readonly string[] = []): ProfileNode[] {
	const tops = new Map<string, ProfileNode>();
	const top = (name: string) => find(tops, name, false);
	const node = (full: string): ProfileNode => {
		const [first = "", ...rest] = profileParts(full);
		const parent = top(first);
		if (rest.length === 0) return parent;
		const name = joinParts(rest);
		const known = parent.children.find((child) => child.name === name);
		if (known !== undefined) return known;
		const child = { name, hat: true, suggestions: [], children: [] };
		parent.children.push(child);
		return child;
	};
	for (const profile of profiles) node(profile);
	for (const suggestion of suggestions) {
		const at = node(suggestion.profile);
		if (suggestion.kind === "child-profile") at.hat = suggestion.hat;
		else at.suggestions.push(suggestion);
	}
	const nodes = [...tops.values()].sort(byName);
	for (const { children } of nodes) children.sort(byName);
	return nodes;
}

function find(nodes: Map<string, ProfileNode>, name: string, hat: boolean): ProfileNode {
	const node = nodes.get(name) ?? { name, hat, suggestions: [], children: [] };
	nodes.set(name, node);
	return node;
}

const byName = (a: ProfileNode, b: ProfileNode): number => (a.name < b.name ? -1 : 1);
