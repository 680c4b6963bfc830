import { families, protocols, socketTypes } from "../../knowledge/network";
import type { NetworkRule } from "../../rules/network";
import type { Condition } from "../../rules/rule";
import { toBytes } from "../bytes";
import { type Entry, granted } from "../entry";
import { anyByte, anyField, anything, byteSet, choice, type Pattern, sequence, text } from "../pattern";
import { permissionBits } from "../spaces";
import { typeNumbers, unixSocketEntries } from "./unix";

const protocolTypes: Record<string, string> = { tcp: "stream", udp: "dgram", icmp: "raw" };
const unix = families.indexOf("unix");
const internet = [families.indexOf("inet"), families.indexOf("inet6")];
/** Stands before the addresses and ports of an internet socket. */
const addressesFollow = text([2]);

/**
 * A socket is its family and its type, then, of the internet's, its port and its peer's, and the addresses of both. A rule
 * without addresses and ports is about sockets with any; one with them is held against those where the kernel can.
 */
export function networkEntries(rule: NetworkRule): Entry[] {
	const common = { ...granted(rule), space: "net", permissions: permissionBits("net", rule.permissions) } as const;
	const conditions = rule.local.length + rule.peer.length > 0;
	const entries: Entry[] = [];
	for (const { family, type } of sockets(rule, conditions)) {
		const socket = sequence(family, type === undefined ? anyByte : text([type]));
		if (!conditions) {
			entries.push({ ...common, pattern: socket });
			entries.push({ ...common, pattern: sequence(socket, addressesFollow, anything) });
			continue;
		}
		const create = common.permissions & permissionBits("net", ["create"]);
		if (create !== 0) entries.push({ ...common, permissions: create, pattern: socket });
		const [own, peer] = [rule.local, rule.peer];
		const addresses = sequence(addressesFollow, portOf(own), portOf(peer), addressOf(own), addressOf(peer));
		entries.push({ ...common, pattern: sequence(socket, addresses) });
	}
	return [...entries, ...(conditions ? [] : unixEntries(rule))];
}

/** The families, a set of them where the type is any, with their types. */
function sockets(rule: NetworkRule, conditions: boolean): { family: Pattern; type?: number }[] {
	const { domain, type = rule.protocol } = rule;
	if (domain !== undefined) {
		const family = families.indexOf(domain);
		return type === undefined ? typed(family, socketTypes) : ofType(type, [family]);
	}
	if (type !== undefined) return ofType(type, conditions ? internet : [...families.keys()]);
	if (conditions) return internet.flatMap((family) => typed(family, socketTypes));
	return [{ family: { kind: "set", set: byteSet(families.keys()) } }];
}

function ofType(type: string, among: number[]): { family: Pattern; type?: number }[] {
	const known = protocols.get(type);
	const name = protocolTypes[type] ?? type;
	const having = known === undefined ? among : among.filter((family) => known.includes(families[family] as string));
	// The table that apparmor_parser looks such a type up in begins behind `unspec`.
	return having.filter((family) => family > 0).flatMap((family) => typed(family, [name]));
}

function typed(family: number, types: readonly string[]): { family: Pattern; type: number }[] {
	return types.flatMap((type) => {
		const number = typeNumbers[type];
		return number === undefined ? [] : [{ family: text([family]), type: number }];
	});
}

/**
 * A network rule that is about unix sockets stands for unix rules too. As in `apparmor_parser` 4.1 these have no
 * priority, and their `deny` is silent only where it is audited.
 */
function unixEntries(rule: NetworkRule): Entry[] {
	const of = (type?: string): Entry[] => {
		const entries = unixSocketEntries({
			...rule,
			kind: "unix",
			permissions: [],
			local: type === undefined ? [] : [{ name: "type", operator: "=", values: [type] }],
			peer: [],
		});
		const deny = rule.qualifiers.access === "deny";
		const marked = rule.qualifiers.audit === true;
		return entries.map((entry) => ({ ...entry, rule, priority: 0, ...(deny ? { marked } : {}) }));
	};
	const { domain, type = rule.protocol } = rule;
	if (domain !== undefined && domain !== families[unix]) return [];
	if (type !== undefined) return protocols.has(type) ? [] : of(type);
	return domain === undefined ? of() : socketTypes.flatMap(of);
}

const conditionValue = (conditions: Condition[], name: string): string | undefined =>
	conditions.find((condition) => condition.name === name)?.values[0];

function portOf(conditions: Condition[]): Pattern {
	const port = conditionValue(conditions, "port");
	return port === undefined ? sequence(anyByte, anyByte) : ports(port);
}

function addressOf(conditions: Condition[]): Pattern {
	const address = conditionValue(conditions, "ip");
	return sequence(address === undefined ? anyField : text(toBytes(address.toLowerCase())), text([0]));
}

/** `80`, `1024-65535`: two bytes each, the high one first. */
function ports(written: string): Pattern {
	const [from = 0, to = from] = written.split("-").map((each) => Number(each) & 0xffff);
	const [first, last] = [from >> 8, to >> 8];
	const of = (highs: [number, number], lows: [number, number]): Pattern => sequence(range(...highs), range(...lows));
	if (first === last) return of([first, last], [from & 255, to & 255]);
	return choice(
		of([first, first], [from & 255, 255]),
		...(last - first > 1 ? [of([first + 1, last - 1], [0, 255])] : []),
		of([last, last], [0, to & 255]),
	);
}

function range(from: number, to: number): Pattern {
	return { kind: "set", set: byteSet(Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)) };
}
