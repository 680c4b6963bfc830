import type { Access } from "../../policy/compare/access";
import type { AuditEvent } from "../event";
import type { RuleNeed } from "./needs/need";
import { maskWords } from "./needs/need";

/**
 * The access that a rule is proposed for, with the kernel's own names. Undefined where the event does not say enough
 * for asking a policy about it, and for limits, which no policy check knows.
 */
export function accessOf({ rule, peer }: RuleNeed, event: AuditEvent): Access | undefined {
	switch (rule.kind) {
		case "capability":
			return { class: "capability", capability: rule.capabilities[0] as string };
		case "network":
			return {
				class: "network",
				permissions: maskWords(event.requested_mask ?? event.denied_mask),
				family: rule.domain as string,
				...given("type", rule.type),
				...given("protocol", event.protocol),
				...given("address", event.laddr),
				...given("port", event.lport),
				...given("peerAddress", event.faddr),
				...given("peerPort", event.fport),
			};
		case "unix":
			if (event.sock_type === undefined) return undefined;
			return {
				class: "unix",
				permissions: rule.permissions,
				type: event.sock_type,
				...given("address", event.addr),
				...given("peerAddress", event.peer_addr),
				...given("peer", peer),
			};
		case "signal":
			if (event.signal === undefined || peer === undefined) return undefined;
			return { class: "signal", permissions: rule.permissions, signal: event.signal, peer };
		case "ptrace":
			return peer === undefined ? undefined : { class: "ptrace", permissions: rule.permissions, peer };
		case "dbus":
			return {
				class: "dbus",
				permissions: rule.permissions,
				...given("bus", event.bus),
				...given("name", rule.permissions.includes("bind") ? event.name : undefined),
				...given("peerName", rule.permissions.includes("bind") ? undefined : event.name),
				...given("path", event.path),
				...given("interface", event.interface),
				...given("member", event.member),
				...given("peer", peer),
			};
		case "mount":
			return mountAccess(rule.operation, event);
		case "pivot_root":
			return event.name === undefined
				? undefined
				: { class: "pivot_root", ...given("oldRoot", event.srcname), newRoot: event.name };
		case "change_profile":
			if (peer === undefined) return undefined;
			return {
				class: "change_profile",
				target: peer,
				...given("exec", event.operation === "change_onexec" ? event.name : undefined),
			};
		case "mqueue":
			return {
				class: "mqueue",
				permissions: rule.permissions,
				type: rule.type as string,
				name: event.name as string,
			};
		case "io_uring":
			return { class: "io_uring", permissions: rule.permissions, ...given("label", peer) };
		case "userns":
			return { class: "userns" };
		default:
			return undefined;
	}
}

function mountAccess(operation: "mount" | "remount" | "umount", event: AuditEvent): Access | undefined {
	if (event.name === undefined) return undefined;
	if (operation === "umount") return { class: "umount", target: event.name };
	const options = (event.flags ?? "").split(/[\s,]+/).filter((word) => word !== "");
	return {
		class: "mount",
		options,
		...given("fstype", event.fstype),
		...given("source", event.srcname),
		target: event.name,
	};
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [_ in Key]?: Value } {
	return value === undefined ? {} : ({ [key]: value } as { [_ in Key]?: Value });
}
