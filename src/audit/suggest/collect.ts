import type { Access } from "../../policy/compare/access";
import type { FilePermission } from "../../policy/rules/file";
import type { AuditEvent } from "../event";
import { accessOf } from "./access";
import type { CurrentPolicy } from "./current-policy";
import { mergeRuleNeeds, ruleKey } from "./merge";
import { needsOf } from "./needs";
import type { FileNeed, Need, RuleNeed } from "./needs/need";
import { joinProvenance, type Observation } from "./observe";
import type { SuggestSettings } from "./options";
import { withPeer } from "./peer";
import type { Provenance } from "./suggestion";
import type { Resolve } from "./transitions";

/** Something needed, and the records that asked for it. */
export interface Wanted<Value> {
	value: Value;
	provenance: Provenance;
}

/** A rule that is wanted, with the accesses that it is for: none where an event says too little for asking a policy. */
export interface RuleWant extends Wanted<RuleNeed> {
	/** Each once, by what it says. */
	accesses: Map<string, Access>;
}

/** Everything that one profile's events ask for, each thing once. */
export interface ProfileNeeds {
	profile: string;
	namespace?: string;
	/** Of all its records together. */
	provenance: Provenance;
	files: Map<string, FileAccess>;
	/** By the program's path. */
	execs: Map<string, Wanted<string>>;
	rules: Map<string, RuleWant>;
	hats: Map<string, Wanted<string>>;
	flags: Map<string, Wanted<string>>;
}

/** How a file was accessed, one entry for each combination of permissions. */
export interface FileAccess {
	name: string;
	seen: Map<string, { permissions: FilePermission[]; owner: boolean; provenance: Provenance }>;
}

/** A file and the permissions that one rule can give. */
export interface FileWant {
	name: string;
	permissions: FilePermission[];
	owner: boolean;
	provenance: Provenance;
}

/** Sorts the observations by profile, so that their order makes no difference from here on. */
export function collect(
	observations: Iterable<Observation>,
	settings: SuggestSettings,
	resolve: Resolve,
	policy: CurrentPolicy,
): ProfileNeeds[] {
	const profiles = new Map<string, ProfileNeeds>();
	for (const { event, provenance } of observations) {
		const profile = event.profile === undefined ? undefined : resolve(event.profile);
		if (profile === undefined || profile === "") continue;
		// Nobody's profile: what an unconfined process may not do, no rule can allow.
		if (profile === "unconfined" && settings.transitions !== "keep") continue;
		const key = `${event.namespace ?? ""}\0${profile}`;
		const missing = needsOf(event).flatMap((need) => {
			const adapted = withPeer(need, settings, resolve);
			return (adapted && missingPart(adapted, event, profile, policy)) ?? [];
		});
		if (missing.length === 0) continue;
		const known = profiles.get(key);
		const needs = known ?? emptyNeeds(profile, event.namespace, provenance);
		if (known === undefined) profiles.set(key, needs);
		else known.provenance = joinProvenance(known.provenance, provenance);
		for (const need of missing) add(needs, need, event, provenance, settings);
	}
	return [...profiles.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, needs]) => needs);
}

/** What of a need the policy says nothing about: it may have been changed since. What it denies stays denied. */
function missingPart(need: Need, event: AuditEvent, profile: string, policy: CurrentPolicy): Need | undefined {
	switch (need.kind) {
		case "file": {
			const { name: path, owner } = need;
			const permissions = need.permissions.filter(
				(permission) => policy.verdict(profile, { class: "file", path, permissions: [permission], owner }) === "none",
			);
			return permissions.length === 0 ? undefined : { ...need, permissions };
		}
		case "exec": {
			const owner = event.fsuid !== undefined && event.fsuid === event.ouid;
			return policy.verdict(profile, { class: "exec", path: need.name, owner }) === "none" ? need : undefined;
		}
		case "hat":
			return policy.has(`${profile}//${need.hat}`) ? undefined : need;
		case "flag":
			return policy.flagsOf(profile).includes(need.flag)
				? need.access && missingPart(need.access, event, profile, policy)
				: need;
		case "rule": {
			const access = accessOf(need, event);
			return access === undefined || policy.verdict(profile, access) === "none" ? need : undefined;
		}
	}
}

function emptyNeeds(profile: string, namespace: string | undefined, provenance: Provenance): ProfileNeeds {
	return {
		profile,
		provenance,
		...(namespace === undefined ? {} : { namespace }),
		files: new Map(),
		execs: new Map(),
		rules: new Map(),
		hats: new Map(),
		flags: new Map(),
	};
}

function add(
	needs: ProfileNeeds,
	need: Need,
	event: AuditEvent,
	provenance: Provenance,
	settings: SuggestSettings,
): void {
	switch (need.kind) {
		case "file":
			addFile(needs, need, provenance);
			break;
		case "exec":
			addOnce(needs.execs, need.name, provenance);
			break;
		case "hat":
			addOnce(needs.hats, need.hat, provenance);
			break;
		case "flag":
			addOnce(needs.flags, need.flag, provenance);
			if (need.access !== undefined && settings.generalise) addFile(needs, need.access, provenance);
			break;
		case "rule":
			addRule(needs, need, event, provenance, settings);
	}
}

function addRule(
	needs: ProfileNeeds,
	need: RuleNeed,
	event: AuditEvent,
	provenance: Provenance,
	settings: SuggestSettings,
): void {
	const value = { ...need, rule: settings.generalise ? (need.preferred ?? need.rule) : need.rule };
	const access = accessOf(need, event);
	const accesses = new Map(access === undefined ? [] : [[JSON.stringify(access), access] as const]);
	const key = ruleKey(value.rule);
	const known = needs.rules.get(key);
	if (known === undefined) needs.rules.set(key, { value, accesses, provenance });
	else {
		known.value = mergeRuleNeeds(known.value, value);
		for (const [name, one] of accesses) known.accesses.set(name, one);
		known.provenance = joinProvenance(known.provenance, provenance);
	}
}

function addOnce(to: Map<string, Wanted<string>>, value: string, provenance: Provenance): void {
	const known = to.get(value);
	to.set(value, { value, provenance: known === undefined ? provenance : joinProvenance(known.provenance, provenance) });
}

function addFile(needs: ProfileNeeds, need: FileNeed, provenance: Provenance): void {
	const access = needs.files.get(need.name) ?? { name: need.name, seen: new Map() };
	needs.files.set(need.name, access);
	const key = `${need.owner}${need.permissions.join("")}`;
	const known = access.seen.get(key);
	if (known === undefined) access.seen.set(key, { permissions: need.permissions, owner: need.owner, provenance });
	else known.provenance = joinProvenance(known.provenance, provenance);
}
