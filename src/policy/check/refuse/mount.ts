import { mountCommands, mountOptions } from "../../knowledge/mount-options";
import type { MountRule } from "../../rules/mount";
import type { Condition } from "../../rules/rule";
import { type Fault, suggestion } from "../fault";
import { type ConditionUse, refuseConditions } from "./conditions";

const use: ConditionUse = { in: true, several: true, repeated: true };

const conditions: ReadonlyMap<string, ConditionUse> = new Map(
	["options", "option", "fstype", "vfstype"].map((name) => [name, use]),
);

export function refuseMount(rule: MountRule): Fault[] {
	const options = rule.conditions.filter(({ name }) => name === "options" || name === "option");
	const faults = [
		...refuseConditions(rule.operation, rule.conditions, conditions),
		...options.flatMap((condition) => condition.values.flatMap(refuseOption)),
	];
	if (faults.length > 0) return faults;
	const contradictions = options.flatMap((condition) => refuseContradiction(condition));
	return contradictions.length > 0 ? contradictions : refuseNothing(rule, options);
}

function refuseOption(name: string): Fault[] {
	if (mountOptions.has(name)) return [];
	const message = `there is no mount option ${name}${suggestion(name, mountOptions.keys())}; those of one file system cannot be named`;
	return [{ code: "unknown-mount-option", message }];
}

/** Of `options=( … )`, all of which a mount must have; of `options in ( … )` each is optional. */
function refuseContradiction({ operator, values }: Condition): Fault[] {
	if (operator === "in") return [];
	const cleared = bitsOf(values, "clear");
	const wrong = values.filter((name) => (mountOptions.get(name)?.set ?? 0) & cleared);
	if (wrong.length === 0) return [];
	return [
		{
			code: "mount-conflict",
			message: `options=(${values.join(", ")}): ${wrong.join(", ")} contradicts another of them`,
		},
	];
}

function bitsOf(values: string[], which: "set" | "clear"): number {
	return values.reduce((bits, name) => bits | (mountOptions.get(name)?.[which] ?? 0), 0);
}

/** A rule whose parts exclude each other, so that it matches no mount at all: the parser has nothing to compile. */
function refuseNothing(rule: MountRule, options: Condition[]): Fault[] {
	if (rule.operation === "umount" || options.length === 0) return [];
	const flags = (operator: Condition["operator"]): number[] =>
		options.filter((each) => each.operator === operator).map(({ values }) => bitsOf(values, "set"));
	const isRemount = rule.operation === "remount";
	const required = flags("=").map((bits) => (isRemount ? bits | mountCommands.remount : bits));
	const optional = options
		.filter(({ operator }) => operator === "in")
		.map(({ values }) => bitsOf(values, "set") | bitsOf(values, "clear"));
	const sets = required.length > 0 ? required : [isRemount ? mountCommands.remount : 0];
	const matches = sets.some((bits) =>
		(optional.length > 0 ? optional : [0]).some((more) => matchesSome(rule, bits, more)),
	);
	if (matches) return [];
	const message =
		"the parts of this mount rule exclude each other: a remount has no source and no fstype, bind and move have no fstype, and a change of propagation (private, shared, …) has a mount point only";
	return [{ code: "mount-conflict", message }];
}

function matchesSome(rule: MountRule, bits: number, optional: number): boolean {
	if (bits === 0) return true;
	const hasType = rule.conditions.some(({ name }) => name === "fstype" || name === "vfstype");
	const hasSource = rule.operation === "mount" && rule.source !== undefined;
	const hasBoth = hasSource && rule.target !== undefined;
	if (bits & mountCommands.remount && !hasSource && !hasType) return true;
	if (bits & (mountCommands.bind | mountCommands.move) && !hasType) return true;
	if (bits & mountCommands.propagation && !hasBoth && !hasType) return true;
	return ((bits | optional) & ~mountCommands.all) !== 0;
}
