import { isIP } from "node:net";
import { addressFamilies, families, protocols, socketPermissions, socketTypes } from "../../knowledge/network";
import type { NetworkRule } from "../../rules/network";
import type { Condition } from "../../rules/rule";
import { type Fault, suggestion } from "../fault";
import { type ConditionUse, refuseConditions } from "./conditions";
import { refusePermissions } from "./permissions";
import { refusePeerPermissions } from "./unix";

const conditions: ReadonlyMap<string, ConditionUse> = new Map([
	["ip", { several: true }],
	["port", { several: true }],
]);

export function refuseNetwork(rule: NetworkRule): Fault[] {
	const all = [...rule.local, ...rule.peer];
	return [
		...refusePermissions("network", rule.permissions, socketPermissions),
		...refuseConditions("network", rule.local, conditions),
		...refuseConditions("network peer", rule.peer, conditions),
		...all.flatMap(refuseValue),
		...refusePeerPermissions("network", rule.permissions, rule.peer),
		...refuseSocket(rule, all.length > 0),
	];
}

function refuseValue({ name, values: [value = ""] }: Condition): Fault[] {
	if (name === "ip" && value !== "none" && isIP(value) === 0) {
		return [
			{ code: "bad-condition", message: `ip=${value} is no IPv4 or IPv6 address; ranges and names are not known` },
		];
	}
	if (name === "port" && !isPort(value)) {
		return [{ code: "bad-condition", message: `port=${value} is no port: 0 to 65535, or a range such as 80-90` }];
	}
	return [];
}

function isPort(value: string): boolean {
	const range = /^(\d+)(?:-(\d+))?$/.exec(value);
	const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
	return range !== null && from <= to && to <= 65535;
}

/** Family, type and protocol, of which the first two may be left out, but not go together in any way. */
function refuseSocket({ domain, type, protocol }: NetworkRule, hasAddress: boolean): Fault[] {
	const fault = (message: string): Fault[] => [{ code: "unknown-network", message }];
	if (domain !== undefined && !families.includes(domain)) {
		return fault(`there is no address family ${domain}${suggestion(domain, families)}`);
	}
	const kind = type ?? protocol;
	if (kind === undefined) {
		return hasAddress && domain !== undefined ? refuseAddressFamily(domain) : [];
	}
	const ofProtocol = protocols.get(kind);
	if (ofProtocol === undefined && !socketTypes.includes(kind)) {
		const known = [...socketTypes, ...protocols.keys()];
		return fault(`there is no socket type or protocol ${kind}${suggestion(kind, known)}: ${known.join(", ")}`);
	}
	if (ofProtocol !== undefined && domain !== undefined && !ofProtocol.includes(domain)) {
		return fault(`${domain} has no ${kind}, only ${ofProtocol.join(" and ")} has`);
	}
	return hasAddress && domain !== undefined ? refuseAddressFamily(domain) : [];
}

function refuseAddressFamily(domain: string): Fault[] {
	if (addressFamilies.includes(domain)) return [];
	return [
		{ code: "bad-condition", message: `ip and port are for ${addressFamilies.join(" and ")}, not for ${domain}` },
	];
}
