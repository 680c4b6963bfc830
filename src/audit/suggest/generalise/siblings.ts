import { fileVerdict, holdsSecrets } from "../danger/files";
import { groupBy } from "../group-by";
import { literalPattern } from "../literal";
import type { Evidence } from "../options";
import { type Component, patternOf } from "./path";
import type { PatternWant } from "./wants";

/** A package's or program's own folder, below which a whole tree may be opened for reading. */
const ownTree =
	/^(\/(?:usr\/(?:local\/)?(?:share|lib|libexec)|opt|srv|usr\/local|var\/lib|var\/www|var\/cache)\/[^/]+)\//;

/** Folders that belong to nobody in particular: one file in them says nothing about the others. */
const shared =
	/^(|\/(etc|root|boot|dev|proc|sys|home|home\/[^/]+|run|var\/run|tmp|var\/tmp|dev\/shm|var|var\/(lib|log|cache|spool|lock)|usr|(usr\/(local\/)?)?(s?bin|lib|lib32|lib64|share|libexec)|opt|srv|mnt|media)?|\/etc\/[^/]+|\/run\/user\/[^/]+|\/(proc|sys)\/.*)$/;

/** Many files of one folder, accessed alike, become `folder/*`; many below a package's folder `folder/**`. */
export function siblings(wants: readonly PatternWant[], evidence: Required<Evidence>): PatternWant[] {
	const trees = openGroups(wants, treeOf, (group) => {
		const folders = new Set(group.flatMap((want) => want.names).map((name) => name.slice(0, name.lastIndexOf("/"))));
		return group.length >= evidence.tree && folders.size >= 3;
	});
	return openGroups(trees, folderOf, (group) => group.length >= evidence.siblings);
}

interface Opening {
	/** The same for those that may become one rule. */
	key: string;
	path: Component[];
	reason: (count: number) => string;
}

function openGroups(
	wants: readonly PatternWant[],
	opening: (want: PatternWant) => Opening | undefined,
	enough: (group: readonly PatternWant[]) => boolean,
): PatternWant[] {
	const openings = wants.map((want) => ({ want, to: opening(want) }));
	const result = openings.filter(({ to }) => to === undefined).map(({ want }) => want);
	const candidates = openings.flatMap(({ want, to }) => (to === undefined ? [] : [{ want, to }]));
	for (const group of groupBy(candidates, ({ to }) => to.key).values()) {
		const members = group.map(({ want }) => want);
		result.push(...(enough(members) ? opened(members, (group[0] as { to: Opening }).to) : members));
	}
	return result;
}

function opened(members: readonly PatternWant[], to: Opening): PatternWant[] {
	const path = withSuffix(to.path, members);
	const reason = to.reason(new Set(members.flatMap((want) => want.names)).size);
	return members.map((want) => ({ ...want, path, pattern: patternOf(path), reasons: [...want.reasons, reason] }));
}

function treeOf(want: PatternWant): Opening | undefined {
	if (want.permissions.some((permission) => permission !== "r" && permission !== "m")) return undefined;
	const [name = ""] = want.names;
	const root = ownTree.exec(name)?.[1];
	if (root === undefined || want.names.some(holdsSecrets) || want.path.at(-1)?.pattern === "**") return undefined;
	const depth = root.split("/").length;
	const folder = want.path.slice(0, depth);
	if (folder.length !== depth || want.path.length <= depth) return undefined;
	return {
		key: JSON.stringify(["tree", want.owner, want.permissions, patternOf(folder)]),
		path: [...folder, { name: "", pattern: "**" }],
		reason: (count) => `${count} files below this package's folder were accessed alike`,
	};
}

function folderOf(want: PatternWant): Opening | undefined {
	const folder = want.path.slice(0, -1);
	const last = want.path.at(-1);
	const name = (want.names[0] ?? "").replace(/\/[^/]*$/, "");
	if (last === undefined || last.name === "" || last.pattern === "**" || shared.test(name)) return undefined;
	if (want.permissions.includes("l") || want.names.some(holdsSecrets)) return undefined;
	const writes = want.permissions.some((permission) => permission === "w" || permission === "a");
	if (writes && want.names.some((one) => fileVerdict(one, "write").level === "dangerous")) return undefined;
	return {
		key: JSON.stringify(["folder", want.owner, want.permissions, patternOf(folder)]),
		path: [...folder, { name: "", pattern: "*" }],
		reason: (count) => `${count} files of this folder were accessed alike`,
	};
}

/** `*.ext` where all the names end alike. */
function withSuffix(path: Component[], members: readonly PatternWant[]): Component[] {
	const endings = new Set(
		members.flatMap((want) => want.names).map((name) => /[^/.](\.[A-Za-z0-9]{1,8})$/.exec(name)?.[1]),
	);
	const [ending] = [...endings];
	if (endings.size !== 1 || ending === undefined) return path;
	const last = path.at(-1) as Component;
	return [...path.slice(0, -1), { ...last, pattern: `${last.pattern}${literalPattern(ending)}` }];
}
