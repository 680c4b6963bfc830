import { literalPattern } from "../literal";

/** A part of a path between slashes: as the kernel named it, and what stands for it in the rule. */
export interface Component {
	name: string;
	/** In the parser's pattern language; absent where the name itself will do. */
	pattern?: string;
}

/** The components of a path; the first, before the root's slash, is empty. */
export const componentsOf = (name: string): Component[] => name.split("/").map((part) => ({ name: part }));

export const patternOf = (path: readonly Component[]): string =>
	path.map(({ name, pattern }) => pattern ?? literalPattern(name)).join("/");

/** The path with a pattern in the place of one component. */
export function withPattern(path: readonly Component[], index: number, pattern: string): Component[] {
	return path.map((component, at) => (at === index ? { ...component, pattern } : component));
}

/** The path with patterns in the place of its first components, which may be more than the patterns. */
export function withPrefix(path: readonly Component[], count: number, ...patterns: string[]): Component[] {
	return [...patterns.map((pattern) => ({ name: "", pattern })), ...path.slice(count)];
}
