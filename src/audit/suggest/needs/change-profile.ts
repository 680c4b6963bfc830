import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { profileParts } from "../profile-name";
import { type HatNeed, nowhere, type RuleNeed } from "./need";

/** `change_profile` and `change_onexec`. */
export function changeProfileNeed(event: AuditEvent): RuleNeed | undefined {
	const target = event.target ?? event.name2;
	if (target === undefined || target === "") return undefined;
	const rule = { ...nowhere, kind: "change_profile", qualifiers: {}, target: literalPattern(target) } as const;
	return { kind: "rule", rule, peer: target };
}

/** A program may only ask for hats of its own profile; an unconfined one has none. */
export function hatNeed(event: AuditEvent): HatNeed | undefined {
	const target = event.target ?? event.name2;
	if (target === undefined || target === "" || event.info?.startsWith("unconfined")) return undefined;
	return { kind: "hat", hat: profileParts(target).at(-1) as string };
}
