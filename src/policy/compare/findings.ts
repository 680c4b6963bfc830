import type { Rule } from "../rules";
import type { Direction, Finding } from "./change";
import { linkSubset } from "./classes/file";
import { describeTransition, differenceOf } from "./difference";
import { type Effect, effectOf } from "./effect";
import type { Entry } from "./entry";
import { describeExample } from "./example";
import { isExact } from "./pattern";
import { fileBit, otherShift, ownerBits, permissionNames, type SpaceName, spaces } from "./spaces";

/** An entry of one of the two policies, or of both. */
export interface Shared {
	entry: Entry;
	a?: Rule;
	b?: Rule;
}

/** Whether only one of the policies has it. */
export const isChanged = ({ a, b }: Shared): boolean => a === undefined || b === undefined;

/** A difference of which the rule is known; the text is made when all of it is. */
export interface TextFinding extends Omit<Finding, "rule" | "file" | "line" | "in"> {
	cause: Rule;
	in: "a" | "b";
}

/** The findings of a space, joined by the rule that makes them. */
export class Findings {
	private readonly found = new Map<string, TextFinding & { bits: number; exampleBits: number; note?: string }>();
	private readonly exact = new Map<Entry, boolean>();
	private readonly numbers = new Map<Rule, number>();

	constructor(private readonly space: SpaceName) {}

	/** Adds what differs for texts that these entries match, of which `text` makes one. */
	add(matching: Shared[], text: () => Uint8Array): void {
		const a = this.effect(matching.filter((each) => each.a !== undefined));
		const b = this.effect(matching.filter((each) => each.b !== undefined));
		const difference = differenceOf(a, b, this.space === "link" ? linkSubset : 0);
		const changed = matching.filter(isChanged);
		for (const direction of ["widened", "narrowed", "auditChanged"] as const) {
			const bits = difference[direction];
			if (bits === 0) continue;
			const note = direction === "auditChanged" ? auditNote(a, b, bits) : undefined;
			for (const { cause, side, bits: own } of causes(changed, direction, bits))
				this.record(direction, cause, side, own, text, note);
		}
		for (const { direction, bit, from, to } of difference.transitions) {
			const note =
				direction === "widened"
					? `run ${describeTransition(to)} (it was ${describeTransition(from)})`
					: `run ${describeTransition(from)} (it is ${describeTransition(to)})`;
			for (const { cause, side } of causes(changed, direction, bit))
				this.record(direction, cause, side, bit, text, note);
		}
	}

	/** Where the difference cannot be told, every changed rule is said to make one. */
	addUntold(changed: Shared[]): void {
		for (const { entry, a, b } of changed) {
			const denies = entry.mode === "deny";
			const direction: Direction = (b !== undefined) === denies ? "narrowed" : "widened";
			const note = "too intricate to compare exactly";
			this.record(direction, (b ?? a) as Rule, b === undefined ? "a" : "b", entry.permissions, undefined, note);
		}
	}

	list(): TextFinding[] {
		return [...this.found.values()].map(({ bits, exampleBits: _, note, ...finding }) => {
			const permissions = describeBits(this.space, bits);
			return { ...finding, permissions, what: note ?? describePermissions(this.space, permissions) };
		});
	}

	private record(
		direction: Direction,
		cause: Rule,
		side: "a" | "b",
		bits: number,
		text: (() => Uint8Array) | undefined,
		note: string | undefined,
	): void {
		let number = this.numbers.get(cause);
		if (number === undefined) {
			number = this.numbers.size;
			this.numbers.set(cause, number);
		}
		const key = `${direction} ${number} ${note ?? ""}`;
		const known = this.found.get(key);
		const more = text !== undefined && count(bits) > (known?.exampleBits ?? 0);
		const example = more ? describeExample(this.space, text()) : "";
		this.found.set(key, {
			direction,
			cause,
			in: side,
			class: cause.kind === "all" ? (classOf[this.space] ?? this.space) : cause.kind,
			permissions: [],
			what: "",
			...known,
			bits: (known?.bits ?? 0) | bits,
			exampleBits: more ? count(bits) : (known?.exampleBits ?? 0),
			...(example === "" ? {} : { example }),
			...(note === undefined ? {} : { note }),
		});
	}

	private effect(matching: Shared[]): Effect {
		return effectOf(
			matching.map(({ entry }) => entry),
			(entry) => {
				const known = this.exact.get(entry) ?? isExact(entry.pattern);
				this.exact.set(entry, known);
				return known;
			},
		);
	}
}

/**
 * The rules that make a difference: one that only the second policy has and that does what is new; else one that only
 * the first has and that did the contrary; else any that only one of the two has.
 */
function causes(
	changed: Shared[],
	direction: Direction,
	bits: number,
): { cause: Rule; side: "a" | "b"; bits: number }[] {
	const speaking = changed.filter(({ entry }) => (entry.permissions & bits) !== 0);
	const of = (side: "a" | "b", denies: boolean): Shared[] =>
		speaking.filter((each) => each[side] !== undefined && (each.entry.mode === "deny") === denies);
	const order = {
		widened: [of("b", false), of("a", true)],
		narrowed: [of("a", false), of("b", true)],
		auditChanged: [speaking.filter((each) => each.b !== undefined)],
	}[direction];
	const chosen = order.find((list) => list.length > 0) ?? (speaking.length > 0 ? speaking : changed);
	return chosen.map((each) => ({
		cause: (each.b ?? each.a) as Rule,
		side: each.b === undefined ? "a" : "b",
		bits: each.entry.permissions & bits || bits,
	}));
}

/** How many bits are set. */
function count(bits: number): number {
	let number = 0;
	for (let rest = bits; rest !== 0; rest &= rest - 1) number++;
	return number;
}

function auditNote(a: Effect, b: Effect, bits: number): string {
	if ((b.audited & ~a.audited & bits) !== 0) return "logged now";
	if ((a.audited & ~b.audited & bits) !== 0) return "no longer logged";
	return (b.quiet & ~a.quiet & bits) !== 0 ? "refusals no longer logged" : "refusals logged now";
}

/** The class of a space, where they are not called the same. */
const classOf: Partial<Record<SpaceName, string>> = { net: "network", posix_mqueue: "mqueue", sysv_mqueue: "mqueue" };

/** Nothing where a class has only one permission. */
function describePermissions(space: SpaceName, permissions: string[]): string {
	const all = spaces[space].length;
	if (all === 1) return "";
	if (space === "file" || permissions.length < all) return permissions.join(" ");
	return "all permissions";
}

/** Of files, those that only the owner has, or only the others, are marked. */
function describeBits(space: SpaceName, bits: number): string[] {
	if (space === "link") return ["l"];
	if (space !== "file") return permissionNames(space, bits);
	const owner = bits & ownerBits;
	const other = bits >> otherShift;
	const names = permissionNames("file", (owner | other) & ~appendOnly(owner, other));
	return names.map((name) => {
		const bit = fileBit(name as Parameters<typeof fileBit>[0]);
		if ((owner & other & bit) !== 0) return name;
		return (owner & bit) !== 0 ? `owner ${name}` : `other ${name}`;
	});
}

/** The bit of `a`, where all that may append may write. */
function appendOnly(owner: number, other: number): number {
	const may = (bits: number, permission: "a" | "w"): boolean => (bits & fileBit(permission)) !== 0;
	return [owner, other].every((bits) => !may(bits, "a") || may(bits, "w")) ? fileBit("a") : 0;
}
