import type { Condition } from "../../../policy/rules/rule";
import type { UnixRule } from "../../../policy/rules/unix";
import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { maskWords, nowhere, type RuleNeed } from "./need";
import { withoutPeer } from "./socket";

/** Unix sockets; two rules where a record asks for what has a peer and what has none. */
export function unixNeeds(event: AuditEvent): RuleNeed[] {
	const permissions = maskWords(event.denied_mask ?? event.denied ?? event.requested_mask);
	const alone = permissions.filter((permission) => withoutPeer.has(permission));
	const others = permissions.filter((permission) => !withoutPeer.has(permission));
	const peer = event.peer_profile ?? event.peer;
	const need = (wanted: string[], conditions: Condition[]): UnixRule => ({
		...nowhere,
		kind: "unix",
		qualifiers: {},
		permissions: wanted,
		local: [...typeOf(event), ...address(event.addr)],
		peer: conditions,
	});
	const needs: RuleNeed[] = alone.length === 0 ? [] : [{ kind: "rule", rule: need(alone, []) }];
	if (others.length === 0) return needs;
	const at = address(event.peer_addr);
	const labelled = (label: string | undefined) =>
		need(others, label === undefined ? at : [...at, equals("label", label)]);
	// aa-logprof leaves out the label that kernels call `peer`, and so allows every peer.
	const rule = labelled(event.peer_profile);
	return [
		...needs,
		peer === undefined ? { kind: "rule", rule } : { kind: "rule", rule, preferred: labelled(peer), peer },
	];
}

const equals = (name: string, value: string): Condition => ({ name, operator: "=", values: [literalPattern(value)] });

function typeOf(event: AuditEvent): Condition[] {
	return event.sock_type !== undefined && /^[a-z]+$/.test(event.sock_type) ? [equals("type", event.sock_type)] : [];
}

/**
 * A socket in a folder is a file to the policy: `unix` rules know only abstract names and `none`.
 * Five hex digits are a name that the kernel made up (unix(7), autobind), another each time.
 */
function address(name: string | undefined): Condition[] {
	if (name !== undefined && /^@[0-9a-f]{5}$/.test(name)) return [{ name: "addr", operator: "=", values: ["@?????"] }];
	return name !== undefined && /^(none$|@)/.test(name) ? [equals("addr", name)] : [];
}
