import { capabilities } from "../knowledge/capabilities";
import type { Rule } from "../rules";
import type { AllRule } from "../rules/all";
import type { CapabilityRule } from "../rules/capability";
import type { Direction } from "./change";
import type { TextFinding } from "./findings";

/** `capability,` is about those too that have no name yet. */
const everyCapability = [...capabilities, "(future ones)"];

/** What a profile says to one capability. */
export interface CapabilityEffect {
	allowed: boolean;
	denied: boolean;
	audited: boolean;
	quiet: boolean;
	/** The rules that speak of it. */
	rules: Rule[];
}

/** What the rules say to each capability that they speak of; priorities do not count here, as in `apparmor_parser` 4.1. */
export function capabilityEffects(rules: readonly Rule[]): Map<string, CapabilityEffect> {
	const effects = new Map<string, CapabilityEffect>();
	for (const rule of rules) {
		for (const name of rule.kind === "capability" || rule.kind === "all" ? named(rule) : []) {
			const effect = effects.get(name) ?? none();
			effects.set(name, effect);
			effect.rules.push(rule);
			const { access, audit, quiet } = rule.qualifiers;
			if (access === "deny") {
				effect.denied = true;
				if (!audit) effect.quiet = true;
			} else {
				effect.allowed = true;
				if (audit && !quiet) effect.audited = true;
			}
		}
	}
	for (const effect of effects.values()) {
		if (effect.denied) effect.allowed = false;
		if (!effect.allowed) effect.audited = false;
	}
	return effects;
}

const none = (): CapabilityEffect => ({ allowed: false, denied: false, audited: false, quiet: false, rules: [] });

function named(rule: CapabilityRule | AllRule): readonly string[] {
	return rule.kind === "all" || rule.capabilities.length === 0 ? everyCapability : rule.capabilities;
}

/** In what two profiles' capabilities differ. */
export function compareCapabilities(a: readonly Rule[], b: readonly Rule[]): TextFinding[] {
	const [before, after] = [capabilityEffects(a), capabilityEffects(b)];
	const joined = new Map<string, TextFinding>();
	for (const name of new Set([...before.keys(), ...after.keys()])) {
		const [from, to] = [before.get(name) ?? none(), after.get(name) ?? none()];
		const direction = directionOf(from, to);
		if (direction === undefined) continue;
		const { cause, side } = causeOf(from, to);
		const note = direction === "auditChanged" ? `, ${loggingOf(from, to)}` : "";
		const key = `${direction} ${side} ${cause.file} ${cause.start} ${note}`;
		const permissions = [...(joined.get(key)?.permissions ?? []), name];
		const what = permissions.length > capabilities.length ? "all permissions" : permissions.join(" ");
		joined.set(key, { direction, cause, in: side, class: "capability", permissions, what: `${what}${note}` });
	}
	return [...joined.values()];
}

/** A rule that only one of the two policies has, the second if it does, else one that speaks of the capability. */
function causeOf(from: CapabilityEffect, to: CapabilityEffect): { cause: Rule; side: "a" | "b" } {
	const added = to.rules.find((rule) => isNews(rule, from.rules));
	if (added !== undefined) return { cause: added, side: "b" };
	const removed = from.rules.find((rule) => isNews(rule, to.rules));
	return removed === undefined ? { cause: to.rules[0] as Rule, side: "b" } : { cause: removed, side: "a" };
}

function directionOf(from: CapabilityEffect, to: CapabilityEffect): Direction | undefined {
	if (from.allowed !== to.allowed) return to.allowed ? "widened" : "narrowed";
	const differs = from.allowed ? from.audited !== to.audited : silent(from) !== silent(to);
	return differs ? "auditChanged" : undefined;
}

const silent = ({ denied, quiet }: CapabilityEffect): boolean => denied && quiet;

function loggingOf(from: CapabilityEffect, to: CapabilityEffect): string {
	if (from.allowed) return to.audited ? "logged now" : "no longer logged";
	return silent(to) ? "refusals no longer logged" : "refusals logged now";
}

/** Whether none of the rules says the same. */
function isNews(rule: Rule, among: Rule[]): boolean {
	const said = ({ kind, qualifiers }: Rule): string =>
		JSON.stringify([kind, qualifiers.access ?? "allow", qualifiers.audit]);
	return !among.some((other) => said(other) === said(rule));
}
