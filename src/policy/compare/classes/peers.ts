import { signals } from "../../knowledge/signals";
import type { PtraceRule } from "../../rules/ptrace";
import type { SignalRule } from "../../rules/signal";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyByte, byteSet, type Pattern, sequence, someField } from "../pattern";
import { permissionBits } from "../spaces";

/** Names that mean the signal of another name. */
const otherNames: Record<string, string> = { tstp: "stp", poll: "io" };
/** The number of `exists`, and of the first real-time signal, in the kernel's policy. */
const existsNumber = 35;
const realTime = 128;

/** A signal's number and the peer's label. */
export function signalEntries(rule: SignalRule): Entry[] {
	const signal: Pattern =
		rule.signals.length === 0 ? anyByte : { kind: "set", set: byteSet(rule.signals.map(signalNumber)) };
	const pattern = sequence(signal, label(rule.peer));
	return [{ ...granted(rule), space: "signal", pattern, permissions: permissionBits("signal", rule.permissions) }];
}

/** The peer's label. */
export function ptraceEntries(rule: PtraceRule): Entry[] {
	const permissions = permissionBits("ptrace", rule.permissions);
	return [{ ...granted(rule), space: "ptrace", pattern: label(rule.peer), permissions }];
}

/** The number that a signal has in the kernel's policy; of an unknown one, one that no rule names. */
export function signalNumber(name: string): number {
	const offset = /^rtmin\+(\d+)/.exec(name)?.[1];
	if (offset !== undefined) return (realTime + Number(offset)) & 255;
	if (name === "exists") return existsNumber;
	const index = signals.indexOf(otherNames[name] ?? name);
	return index === -1 ? 255 : index + 1;
}

/** The name of a signal's number. */
export function signalName(number: number): string {
	if (number >= realTime) return `rtmin+${number - realTime}`;
	return number === existsNumber ? "exists" : (signals[number - 1] ?? `signal ${number}`);
}

function label(peer: string | undefined): Pattern {
	return peer === undefined ? someField : parseGlob(peer);
}
