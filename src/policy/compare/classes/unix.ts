import { families } from "../../knowledge/network";
import type { Condition } from "../../rules/rule";
import type { UnixRule } from "../../rules/unix";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyByte, anyField, anything, type Pattern, sequence, text } from "../pattern";
import { permissionBits } from "../spaces";

const family = text([families.indexOf("unix")]);
const anyProtocol = sequence(anyByte, anyByte);
const separator = text([0]);
/** What follows a socket: its peer, the length of its queue, an option. */
const [peerFollows, queueFollows, optionFollows] = [text([1]), text([2]), text([4])];
const twoBytes = sequence(anyByte, anyByte);

const bits = (...permissions: string[]): number => permissionBits("net", permissions);
const optionBits = bits("getopt", "setopt");
const onPeer = bits("send", "receive", "connect", "accept");
/** What is asked for with the socket's own address and label only. */
const onSocket = bits("shutdown", "setattr", "getattr", "bind", "accept");

/** The numbers of socket types in the kernel. */
export const typeNumbers: Record<string, number> = { stream: 1, dgram: 2, raw: 3, rdm: 4, seqpacket: 5, packet: 10 };

/** Older kernels know only the family and the type, so that a rule that allows says that for them too. */
export function unixEntries(rule: UnixRule): Entry[] {
	const entries = unixSocketEntries(rule);
	if (rule.qualifiers.access === "deny") return entries;
	return [
		...entries,
		{
			...granted(rule),
			priority: 0,
			space: "net",
			pattern: sequence(family, socketType(rule)),
			permissions: permissionBits("net", rule.permissions),
		},
	];
}

/** What a unix rule says where the kernel tells unix sockets apart by their addresses and labels. */
export function unixSocketEntries(rule: UnixRule): Entry[] {
	const peers = rule.peer.length > 0;
	const all = permissionBits("net", rule.permissions);
	const entries: Entry[] = [];
	const add = (pattern: Pattern, permissions: number): void => {
		if (permissions !== 0) entries.push({ ...granted(rule), space: "net", pattern, permissions });
	};
	const protocol = condition(rule.local, "protocol");
	const socket = sequence(family, socketType(rule), protocol === undefined ? anyProtocol : protocolBytes(protocol));
	const address = condition(rule.local, "addr");
	const label = labelOf(rule.local);
	let left = all;
	if (!peers) {
		add(socket, left & bits("create"));
		left &= ~bits("create");
	}
	if (address === undefined || address === "auto") {
		// The kernel chooses the address.
		add(sequence(socket, separator, label, separator), left & bits("bind"));
		if (address !== undefined) left &= ~bits("bind");
	}
	if (left === 0) return entries;
	const own = sequence(socket, addressOf(address), separator, label, separator);
	add(own, left & (peers ? bits("accept") : onSocket));
	if (!peers) {
		add(sequence(own, queueFollows, twoBytes), left & bits("listen"));
		add(sequence(own, optionFollows, twoBytes), left & optionBits);
	}
	if ((left & onPeer) !== 0) {
		const peer = sequence(addressOf(condition(rule.peer, "addr")), separator, labelOf(rule.peer));
		add(sequence(own, peerFollows, peer), all & onPeer);
	}
	return entries;
}

function condition(conditions: Condition[], name: string): string | undefined {
	return conditions.find((each) => each.name === name)?.values[0];
}

function socketType(rule: UnixRule): Pattern {
	const number = typeNumbers[condition(rule.local, "type") ?? ""];
	return number === undefined ? anyByte : text([number]);
}

function protocolBytes(protocol: string): Pattern {
	const number = Number(protocol);
	return Number.isInteger(number) ? text([(number >> 8) & 255, number & 255]) : anyProtocol;
}

function labelOf(conditions: Condition[]): Pattern {
	const label = condition(conditions, "label");
	return label === undefined ? anyField : parseGlob(label);
}

/** `@name` is a NUL and the name, `none` a byte of its own, `auto` what the kernel chooses. */
function addressOf(address: string | undefined): Pattern {
	if (address === undefined) return anything;
	if (address === "none") return text([1]);
	if (address === "auto") return sequence(separator, parseGlob("[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"));
	return sequence(separator, parseGlob(address.replace(/^@/, ""), "address"));
}
