import { holdsSecrets } from "../danger/files";
import { groupBy } from "../group-by";
import { literalPattern } from "../literal";
import type { Evidence } from "../options";
import { type Component, patternOf } from "./path";
import type { PatternWant } from "./wants";

/** Places where every number is as good as another, however few were seen. */
const counted = /^(\/dev\/pts\/|\/sys\/devices\/system\/(cpu\/cpu|node\/node))\d+/;

/** Names that are the same but for a number: `worker-1.log` and `worker-7.log`. */
export function numbered(wants: readonly PatternWant[], evidence: Required<Evidence>): PatternWant[] {
	return [...groupBy(wants, shapeOf).values()].flatMap((group) => {
		const [first] = group as [PatternWant];
		const names = new Set(group.flatMap((want) => want.names));
		const enough = group.length > 1 && names.size >= evidence.numbers;
		if (!enough && !counted.test(first.names[0] ?? "")) return group;
		if ([...names].some(holdsSecrets)) return group;
		const differs = differing(group);
		return group.map((want) => open(want, differs));
	});
}

const shapeOf = (want: PatternWant): string =>
	JSON.stringify([
		want.owner,
		...want.path.map(({ name, pattern }) => (pattern === undefined ? ["", name.replace(/\d+/g, "0")] : pattern)),
	]);

/** Whether a component is not the same in all of them, by its place; where there is only one, whether it has a number. */
function differing(group: readonly PatternWant[]): boolean[] {
	const [first] = group as [PatternWant];
	if (group.length === 1) return first.path.map(({ name }) => /\d/.test(name));
	return first.path.map(({ name }, index) => group.some((want) => want.path[index]?.name !== name));
}

function open(want: PatternWant, differs: readonly boolean[]): PatternWant {
	const path = want.path.map((component, index) =>
		component.pattern === undefined && differs[index] === true
			? { ...component, pattern: numberPattern(component) }
			: component,
	);
	return { ...want, path, pattern: patternOf(path), reasons: [...want.reasons, "only the number differs"] };
}

const numberPattern = ({ name }: Component): string => name.split(/\d+/).map(literalPattern).join("[0-9]*");
