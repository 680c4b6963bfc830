import { oldestParser, parseParserVersion } from "../policy/knowledge/parser-version";
import { type Mode, modes } from "../policy/mode";
import { attachmentProblem, profileNameProblem } from "./names";
import type { PolicyInput } from "./render";
import type { Template } from "./template";

/** What a profile is made from, the same on hosts and in clusters. */
export interface ProfileSpec {
	/** The profile's name: letters, digits and `. _ + -`. */
	name: string;
	/** The path that the profile confines, which may hold AppArmor's globs. */
	attachment?: string;
	/** A template file, or the name of one in the package. Either this or `policy`. */
	template?: string;
	/** Policy text that declares exactly this profile. Either this or `template`. */
	policy?: string;
	/** The values for the template. */
	values?: Record<string, unknown>;
	/** "complain", "enforce", "kill", "unconfined" or "disabled". */
	mode: Mode;
	/** The oldest `apparmor_parser` that must be able to read the policy, such as "4.0"; "3.0" by default. */
	parserVersion?: string;
}

/** One thing that is wrong with an input: the property's path, and the reason. */
export interface Problem {
	property: string;
	reason: string;
}

/**
 * Checks everything about a spec that needs no rendering.
 *
 * @param nameProperty what the input calls the name: `profileName` on hosts, `name` in clusters.
 */
export function specProblems(spec: { [Field in keyof ProfileSpec]?: unknown }, nameProperty = "name"): Problem[] {
	const problems: Problem[] = [];
	const add = (property: string, reason: string | undefined) => {
		if (reason !== undefined) problems.push({ property, reason });
	};
	const text = (property: string, value: unknown, check: (value: string) => string | undefined) =>
		add(property, typeof value === "string" ? check(value) : `must be text, not ${describe(value)}`);

	text(nameProperty, spec.name, profileNameProblem);
	if (spec.attachment !== undefined) text("attachment", spec.attachment, attachmentProblem);
	if (typeof spec.mode !== "string" || !modes.includes(spec.mode))
		add("mode", `${describe(spec.mode)} is none of ${modes.join(", ")}`);
	if (spec.template !== undefined && spec.policy !== undefined)
		add("policy", "template and policy are both set; a profile is made from one of them");
	if (spec.template === undefined && spec.policy === undefined)
		add("template", "neither template nor policy is set; a profile is made from one of them");
	for (const property of ["template", "policy"] as const) {
		if (spec[property] !== undefined)
			text(property, spec[property], (value) => (value.trim() === "" ? "is empty" : undefined));
	}
	if (spec.policy !== undefined && spec.values !== undefined)
		add("values", "are for a template; policy is taken as it is");
	if (
		spec.values !== undefined &&
		(typeof spec.values !== "object" || spec.values === null || Array.isArray(spec.values))
	)
		add("values", `must be an object, not ${describe(spec.values)}`);
	else if (spec.values && "profile" in spec.values)
		add("values.profile", "is the name under which templates see the profile itself; choose another");
	if (spec.parserVersion !== undefined)
		text("parserVersion", spec.parserVersion, (value) =>
			parseParserVersion(value) ? undefined : `${describe(value)} is no AppArmor release from 3.0 on, such as "4.0"`,
		);
	return problems;
}

/** The input of rendering for a spec that {@link specProblems} found nothing wrong with. */
export function policyInput(spec: ProfileSpec, load: (template: string) => Template): PolicyInput {
	const parser = parseParserVersion(spec.parserVersion ?? oldestParser);
	if (!parser) throw new Error(`unchecked parserVersion ${spec.parserVersion}`);
	return {
		name: spec.name,
		attachment: spec.attachment,
		source:
			spec.template === undefined
				? { policy: spec.policy ?? "" }
				: { template: load(spec.template), values: spec.values ?? {} },
		mode: spec.mode,
		parser,
	};
}

function describe(value: unknown): string {
	return typeof value === "object" || typeof value === "function"
		? `a ${typeof value}`
		: (JSON.stringify(value) ?? "undefined");
}
