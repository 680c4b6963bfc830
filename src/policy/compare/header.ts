import { PolicyError } from "../errors";
import type { ExpandedProfile } from "../expand/expanded";
import { modeFlags } from "../knowledge/flags";
import { PolicyErrors } from "../parse/parse";
import { fromBytes } from "./bytes";
import type { Direction, Finding } from "./change";
import { Dfa, walk } from "./dfa";
import { GlobError, parseGlob } from "./glob-pattern";
import { TooComplex } from "./nfa";
import { byteSet, type Pattern } from "./pattern";

/** How much a mode refuses; `default_allow` is another word for `unconfined`. */
const strictness: Record<string, number> = {
	unconfined: 0,
	default_allow: 0,
	complain: 1,
	prompt: 2,
	enforce: 3,
	kill: 4,
};

/** Flags that change how a refusal is answered or logged, not whether there is one. */
const answers = /^(audit|debug|error=.*|kill\.signal=.*|interruptible)$/;

/** Flags that say what is so anyway. */
const defaults = ["delegate_deleted", "no_attach_disconnected", "chroot_no_attach", "namespace_relative"];

/** What differs in the headers of two profiles: mode, flags, attachment, extended attributes, being a hat. */
export function compareHeaders(a: ExpandedProfile, b: ExpandedProfile): Finding[] {
	const finding = (direction: Direction, what: string, example?: string): Finding => ({
		direction,
		class: "profile",
		in: "b",
		line: b.place.position.line,
		permissions: [],
		...(example === undefined ? {} : { example }),
		what,
	});
	return [
		...compareModes(a, b, finding),
		...compareFlags(a, b, finding),
		...compareAttachments(a, b, finding),
		...compareAttributes(a, b, finding),
		...(a.hat === b.hat ? [] : [finding("widened", b.hat ? "it is a hat now" : "it is no hat any more")]),
	];
}

type Make = (direction: Direction, what: string, example?: string) => Finding;

const modeOf = ({ flags }: ExpandedProfile): string => flags.find((flag) => modeFlags.includes(flag)) ?? "enforce";

function compareModes(a: ExpandedProfile, b: ExpandedProfile, make: Make): Finding[] {
	const [from, to] = [modeOf(a), modeOf(b)];
	const difference = (strictness[to] ?? 0) - (strictness[from] ?? 0);
	if (difference === 0) return [];
	return [make(difference > 0 ? "narrowed" : "widened", `its mode is ${to}, it was ${from}`)];
}

function compareFlags(a: ExpandedProfile, b: ExpandedProfile, make: Make): Finding[] {
	const counting = ({ flags }: ExpandedProfile): Set<string> =>
		new Set(flags.filter((flag) => !modeFlags.includes(flag) && !defaults.includes(flag)));
	const [from, to] = [counting(a), counting(b)];
	const added = [...to].filter((flag) => !from.has(flag));
	const removed = [...from].filter((flag) => !to.has(flag));
	return [
		...added.map((flag) => make(answers.test(flag) ? "auditChanged" : "widened", `it has the flag ${flag} now`)),
		...removed.map((flag) => make(answers.test(flag) ? "auditChanged" : "narrowed", `it has lost the flag ${flag}`)),
	];
}

/** A profile that attaches to more programs confines more of them. */
function compareAttachments(a: ExpandedProfile, b: ExpandedProfile, make: Make): Finding[] {
	if (a.attachment === b.attachment) return [];
	const [was, is] = [attachmentPattern(a), attachmentPattern(b)];
	const findings = new Map<Direction, Finding>();
	try {
		walk(new Dfa([was, is]), (accepts, text) => {
			const direction = accepts.length !== 1 ? undefined : accepts[0] === 1 ? "narrowed" : "widened";
			if (direction === undefined || findings.has(direction)) return undefined;
			const path = fromBytes(text());
			const what = direction === "narrowed" ? `it attaches to ${path} too` : `it no longer attaches to ${path}`;
			findings.set(direction, make(direction, what, path));
			return findings.size === 2;
		});
	} catch (error) {
		if (!(error instanceof TooComplex)) throw error;
		return [make("widened", "its attachment differs, and is too intricate to compare exactly")];
	}
	return [...findings.values()];
}

/** What a profile attaches to that is only entered by name. */
const nothing: Pattern = { kind: "set", set: byteSet([]) };

/** @throws PolicyErrors where `apparmor_parser` refuses the attachment. */
export function checkAttachment(profile: ExpandedProfile): void {
	attachmentPattern(profile);
}

function attachmentPattern({ attachment, place }: ExpandedProfile): Pattern {
	if (attachment === undefined) return nothing;
	try {
		return parseGlob(attachment);
	} catch (error) {
		if (!(error instanceof GlobError)) throw error;
		const reason = `the attachment ${error.message}`;
		throw new PolicyErrors([new PolicyError(reason, place.position, place.file, "bad-glob")]);
	}
}

function compareAttributes(a: ExpandedProfile, b: ExpandedProfile, make: Make): Finding[] {
	const written = ({ xattrs }: ExpandedProfile): string =>
		xattrs
			.map(({ name, value }) => `${name}=${value}`)
			.sort()
			.join(" ");
	const [from, to] = [written(a), written(b)];
	if (from === to) return [];
	const more = b.xattrs.length > a.xattrs.length;
	return [make(more ? "widened" : "narrowed", `it attaches to programs with the xattrs (${to}), they were (${from})`)];
}
