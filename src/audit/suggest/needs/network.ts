import type { NetworkRule } from "../../../policy/rules/network";
import type { Condition } from "../../../policy/rules/rule";
import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";
import { withoutPeer } from "./socket";

const types = ["stream", "dgram", "seqpacket", "rdm", "raw", "packet"];

/**
 * Sockets of every family but unix. Addresses and ports are for the newest parsers and kernels only: what is proposed
 * is the family and the type, which all know.
 */
export function networkNeed(event: AuditEvent): RuleNeed | undefined {
	if (event.family === undefined || !/^[a-z0-9_]+$/.test(event.family)) return undefined;
	const permissions = maskWords(event.requested_mask ?? event.requested ?? event.denied_mask);
	const internet = event.family === "inet" || event.family === "inet6";
	const alone = permissions.some((permission) => withoutPeer.has(permission));
	const coarse: NetworkRule = {
		...nowhere,
		kind: "network",
		qualifiers: {},
		permissions: [],
		domain: event.family,
		...(event.sock_type !== undefined && types.includes(event.sock_type) ? { type: event.sock_type } : {}),
		local: [],
		peer: [],
	};
	const rule: NetworkRule = {
		...coarse,
		permissions,
		local: internet ? endpoint(event.laddr, event.lport) : [],
		peer: internet && !alone ? endpoint(event.faddr, event.fport) : [],
	};
	return { kind: "rule", rule, preferred: coarse };
}

/** Port 0 is no port. */
function endpoint(address: string | undefined, port: number | undefined): Condition[] {
	const conditions: Condition[] = [];
	if (address !== undefined && /^([0-9.]+|[0-9a-fA-F:.]+|none)$/.test(address))
		conditions.push({ name: "ip", operator: "=", values: [literalPattern(address)] });
	if (port !== undefined && port > 0 && port <= 65535)
		conditions.push({ name: "port", operator: "=", values: [String(port)] });
	return conditions;
}
