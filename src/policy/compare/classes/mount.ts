import { collapseSlashes } from "../../expand/patterns";
import { mountOptions } from "../../knowledge/mount-options";
import type { MountRule } from "../../rules/mount";
import type { PivotRootRule } from "../../rules/pivot-root";
import type { Condition } from "../../rules/rule";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyField, choice, fields, type Pattern, sequence, text } from "../pattern";

const flag = (position: number): number => (1 << position) >>> 0;
const recursive = flag(14);
const remount = flag(5);
const bind = flag(12) | recursive;
const move = flag(13);
const propagation = (flag(17) | flag(18) | flag(19) | flag(20) | recursive) >>> 0;
const commands = move | remount | bind | propagation;
/** Every flag that a rule without options leaves open: all that have a name, `nouser` aside. */
const every = Array.from({ length: 26 }, (_, position) => position)
	.filter((position) => position !== 9 && position !== 22)
	.reduce((sum, position) => sum | flag(position), 0);
/** Flags that belong to a mount, not to what is mounted: changes of propagation do not have them. */
const ofMount = [1, 2, 3, 10, 11, 21, 24].reduce((sum, position) => sum | flag(position), 0);

/** What each kind of mount may have for flags. */
const kinds = {
	remount: every & ~move,
	bind,
	propagation: every & ~ofMount,
	move,
	mount: every & ~commands,
};

/** The flags that must be, and those that may be. */
interface Flags {
	must: number;
	may: number;
}

/** A mount is its mount point, source, file system and flags. */
export function mountEntries(rule: MountRule): Entry[] {
	const { source, target } = rule;
	if (rule.operation === "umount")
		return [{ ...granted(rule), space: "umount", pattern: given(target), permissions: 1 }];
	return flagsOf(rule).flatMap((flags) =>
		kindsOf(rule, flags).map((kind): Entry => {
			const point = kind === "remount" || kind === "propagation" ? (target ?? source) : target;
			const device = kind === "remount" || kind === "propagation" ? undefined : source;
			return {
				...granted(rule),
				space: "mount",
				permissions: 1,
				pattern: fields(
					given(point),
					device === "detached" ? text([]) : given(device),
					kind === "mount" ? fileSystems(rule.conditions) : anyField,
					flagPattern({ must: flags.must & kinds[kind], may: flags.may & kinds[kind] }),
				),
			};
		}),
	);
}

export function pivotRootEntries(rule: PivotRootRule): Entry[] {
	const pattern = fields(given(rule.newRoot), given(rule.oldRoot));
	return [{ ...granted(rule), space: "pivot_root", pattern, permissions: 1 }];
}

/** The numbers of options as the kernel's policy writes them: a byte each, ascending. */
export function optionBytes(options: readonly string[]): number[] {
	let flags = 0;
	for (const option of options) flags |= mountOptions.get(option)?.set ?? 0;
	return Array.from({ length: 32 }, (_, position) => position)
		.filter((position) => (flags & flag(position)) !== 0)
		.map((position) => position + 1);
}

/** The options of bytes. */
export function optionNames(bytes: Uint8Array): string[] {
	return Array.from(bytes, (byte) => {
		for (const [name, option] of mountOptions) if (option.set === flag(byte - 1)) return name;
		return `flag ${byte - 1}`;
	});
}

function flagsOf(rule: MountRule): Flags[] {
	const isRemount = rule.operation === "remount";
	const options = rule.conditions.filter(({ name }) => name === "options" || name === "option");
	const must = options.filter(({ operator }) => operator === "=").map((each) => bitsOf(each, false));
	const may = options.filter(({ operator }) => operator === "in").map((each) => bitsOf(each, true));
	if (must.length + may.length === 0)
		return [isRemount ? { must: remount, may: kinds.remount & ~remount } : { must: every, may: every }];
	if (must.length === 0) must.push(0);
	if (may.length === 0) may.push(0);
	return must.flatMap((one) => may.map((other) => ({ must: isRemount ? one | remount : one, may: other })));
}

/** @param either the flags that an option clears are counted too: `in (rw)` leaves `ro` open. */
function bitsOf(condition: Condition, either: boolean): number {
	return condition.values.reduce((sum, value) => {
		const option = mountOptions.get(value);
		return option === undefined ? sum : sum | option.set | (either ? option.clear : 0);
	}, 0);
}

/** Which kinds of mount a rule with these flags is about. */
function kindsOf(rule: MountRule, { must, may }: Flags): (keyof typeof kinds)[] {
	const typed = rule.conditions.some(({ name }) => /^v?fstype$/.test(name));
	const one = rule.source === undefined || rule.target === undefined;
	if (must === 0 || must === every) {
		if (typed) return ["mount"];
		return [
			...(rule.source === undefined ? (["remount"] as const) : []),
			"bind",
			...(one ? (["propagation"] as const) : []),
			"move",
			"mount",
		];
	}
	if ((must & remount) !== 0 && rule.source === undefined && !typed) return ["remount"];
	if ((must & flag(12)) !== 0 && !typed) return ["bind"];
	if ((must & propagation) !== 0 && one && !typed) return ["propagation"];
	if ((must & move) !== 0 && !typed) return ["move"];
	return ((must | may) & ~commands) !== 0 ? ["mount"] : [];
}

function flagPattern({ must, may }: Flags): Pattern {
	const parts: Pattern[] = [];
	for (let position = 0; position < 32; position++) {
		const byte = text([position + 1]);
		if ((may & flag(position)) !== 0) parts.push(choice(byte, text([])));
		else if ((must & flag(position)) !== 0) parts.push(byte);
	}
	return sequence(...parts);
}

function fileSystems(conditions: Condition[]): Pattern {
	const types = conditions.filter(({ name }) => /^v?fstype$/.test(name)).flatMap(({ values }) => values);
	return types.length === 0 ? anyField : choice(...types.map((type) => parseGlob(type)));
}

function given(path: string | undefined): Pattern {
	return path === undefined ? anyField : parseGlob(collapseSlashes(path));
}
