import type { Rule } from "../../policy/rules";
import { literalPattern } from "./literal";
import type { Need } from "./needs/need";
import type { SuggestSettings } from "./options";
import { isNullPart, profileParts } from "./profile-name";
import type { Resolve } from "./transitions";

/**
 * The need with the peer that it will have: one in a `//null-` profile will be where the proposed rules leave it.
 * Undefined where that cannot be told.
 */
export function withPeer(need: Need, settings: SuggestSettings, resolve: Resolve): Need | undefined {
	if (need.kind !== "rule" || need.peer === undefined) return need;
	if (!profileParts(need.peer).some(isNullPart)) return need;
	if (settings.transitions === "keep")
		return need.rule.kind === "signal" || need.rule.kind === "ptrace" ? undefined : need;
	const peer = resolve(need.peer);
	if (peer === undefined) return undefined;
	const replaced = (rule: Rule) => replacePeer(rule, literalPattern(peer));
	const preferred = need.preferred === undefined ? {} : { preferred: replaced(need.preferred) };
	return { ...need, peer, rule: replaced(need.rule), ...preferred };
}

function replacePeer(rule: Rule, peer: string): Rule {
	switch (rule.kind) {
		case "signal":
		case "ptrace":
			return { ...rule, peer };
		case "io_uring":
			return { ...rule, label: peer };
		case "change_profile":
			return { ...rule, target: peer };
		case "dbus":
		case "unix":
			return {
				...rule,
				peer: rule.peer.map((one) => (one.name === "label" ? { ...one, values: [peer] } : one)),
			};
		default:
			return rule;
	}
}
