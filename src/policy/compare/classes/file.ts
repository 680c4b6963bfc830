import type { ExecMode, FileRule } from "../../rules/file";
import type { LinkRule } from "../../rules/link";
import { type Entry, granted, type Transition } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anything, byteSet, complement, fields, type Pattern, sequence, text } from "../pattern";
import { fileBit, otherBits, otherShift, ownerBits } from "../spaces";

/** Every path. */
const everyPath = "/{**,}";
const linkOwner = 1;
const linkOther = 2;
/** Only where the link has no permission that its target has not. */
export const linkSubset = 4;

/** @param profile the full name of the profile that the rule is in. */
export function fileEntries(rule: FileRule, profile: string): Entry[] {
	const path = rule.path ?? everyPath;
	const pattern = parseGlob(path);
	const all = rule.path === undefined;
	const deny = rule.qualifiers.access === "deny";
	const transition = deny ? undefined : transitionOf(rule, profile, path);
	const bits = (all ? allBits(deny) : 0) | ownBits(rule, transition);
	const entries: Entry[] = [];
	const alone = bits & ~fileBit("l");
	if (alone !== 0) {
		entries.push({
			...granted(rule),
			space: "file",
			pattern,
			permissions: (alone | (alone << otherShift)) & ownerMask(rule),
			...((alone & fileBit("x")) !== 0 && transition !== undefined ? { transition } : {}),
		});
	}
	if ((bits & fileBit("l")) !== 0) entries.push(linkEntry(rule, pattern, rule.linkTarget ? rule.target : undefined));
	return entries;
}

export function linkEntries(rule: LinkRule): Entry[] {
	return [linkEntry(rule, parseGlob(rule.path), rule.target)];
}

/** A link to whatever target is always to one that has the same permissions. */
function linkEntry(rule: FileRule | LinkRule, pattern: Pattern, target: string | undefined): Entry {
	const owners = ownerMask(rule);
	const subset = target === undefined || (rule.kind === "link" && rule.subset === true);
	return {
		...granted(rule),
		space: "link",
		pattern: fields(pattern, target === undefined ? anyTarget : parseGlob(target)),
		permissions:
			((owners & ownerBits) !== 0 ? linkOwner : 0) |
			((owners & otherBits) !== 0 ? linkOther : 0) |
			(subset ? linkSubset : 0),
	};
}

const anyTarget = sequence(text([0x2f]), { kind: "set", set: complement(byteSet([0x2f])) }, anything);

function ownerMask(rule: FileRule | LinkRule): number {
	const { owner } = rule.qualifiers;
	return owner === "owner" ? ownerBits : owner === "other" ? otherBits : ownerBits | otherBits;
}

/** What `file,` allows, the execution aside where it denies. */
function allBits(deny: boolean): number {
	return deny ? ownerBits : ownerBits & ~fileBit("x");
}

function ownBits(rule: FileRule, transition: Transition | undefined): number {
	let bits = rule.permissions.reduce((sum, permission) => sum | fileBit(permission), 0);
	if (rule.permissions.includes("w")) bits |= fileBit("a");
	if (rule.exec !== undefined || (rule.path === undefined && transition !== undefined)) bits |= fileBit("x");
	// Who inherits a profile on an execution maps the program himself.
	if (transition?.to === "inherit" || transition?.fallback === "inherit") bits |= fileBit("m");
	return bits;
}

function transitionOf(rule: FileRule, profile: string, path: string): Transition | undefined {
	const exec: ExecMode | undefined = rule.exec ?? (rule.path === undefined ? "ix" : undefined);
	if (exec === undefined || exec === "x") return undefined;
	const mode = exec.slice(0, -1).toLowerCase();
	const cleared = /^[A-Z]/.test(exec) || mode === "i";
	const unsafe = rule.safety === undefined ? !cleared : rule.safety === "unsafe";
	const common: Pick<Transition, "fallback" | "unsafe"> = {
		...(mode.length === 2 ? { fallback: mode[1] === "i" ? "inherit" : "unconfined" } : {}),
		...(unsafe ? { unsafe: true } : {}),
	};
	if (mode === "i") return { to: "inherit", ...common };
	if (mode === "u") return { to: "unconfined", ...common };
	const child = mode.startsWith("c");
	if (rule.target === undefined || (child && rule.target === path))
		return { to: child ? "child" : "profile", ...common };
	return { to: "named", name: child ? `${profile}//${rule.target}` : rule.target, ...common };
}
