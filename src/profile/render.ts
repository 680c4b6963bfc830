import { createHash } from "node:crypto";
import type { Profile } from "../policy/ast";
import { attachmentOf } from "../policy/edit-attachment";
import { PolicyErrors } from "../policy/errors";
import { execTargets } from "../policy/exec-targets";
import { abiOf, type ParserVersion } from "../policy/knowledge/parser-version";
import { Mode, setMode } from "../policy/mode";
import { parsePolicy } from "../policy/parse/parse";
import { identityMap, type LineMap, sourceOf } from "./line-map";
import { renderTemplate, type Template } from "./template";

/** What rendering needs, all of it data. */
export interface PolicyInput {
	name: string;
	attachment?: string | undefined;
	/** The template, or the policy's own text. */
	source: { template: Template; values: Record<string, unknown> } | { policy: string };
	mode: Mode;
	parser: ParserVersion;
}

export interface RenderedPolicy {
	/** The policy as it is loaded: its mode in its flags. */
	text: string;
	/** SHA-256, in hex, of the policy without its mode: what staging proves and production enforces. */
	hash: string;
	lines: LineMap;
	/** The attachment in the policy's header. */
	attachment?: string;
	/** What a person should know before this is loaded. */
	warnings: string[];
}

/** A policy that cannot be used: one line a problem. */
export class RenderError extends Error {
	override readonly name = "RenderError";
}

/**
 * Renders policy text and sets its mode.
 *
 * @throws RenderError or TemplateError where the text is no policy of exactly the profile that was asked for.
 */
export function renderPolicy(input: PolicyInput): RenderedPolicy {
	const { text: raw, lines } =
		"policy" in input.source
			? { text: input.source.policy, lines: identityMap("policy") }
			: renderTemplate(input.source.template, input.source.values, {
					profile: {
						name: input.name,
						...(input.attachment === undefined ? {} : { attachment: input.attachment }),
						abi: abiOf(input.parser),
						parser: input.parser,
					},
				});
	const text = raw.endsWith("\n") ? raw : `${raw}\n`;
	try {
		const attachment = attachmentOf(onlyProfile(text, input, lines));
		const warnings =
			input.mode === Mode.Complain
				? execTargets(text).map((what) => `blocked even in complain mode where that profile is not loaded: ${what}`)
				: [];
		return {
			text: setMode(text, input.mode),
			hash: createHash("sha256").update(setMode(text, Mode.Enforce)).digest("hex"),
			lines,
			...(attachment === undefined ? {} : { attachment }),
			warnings,
		};
	} catch (error) {
		if (!(error instanceof PolicyErrors)) throw error;
		const problems = error.errors.map(({ position, reason }) => `${sourceOf(lines, position.line)}: ${reason}`);
		throw new RenderError(problems.join("\n"), { cause: error });
	}
}

function onlyProfile(text: string, input: PolicyInput, lines: LineMap): Profile {
	const profiles = parsePolicy(text).statements.filter((statement) => statement.kind === "profile");
	const [profile, ...others] = profiles;
	const where = (found: Profile) => sourceOf(lines, found.position.line);
	if (!profile)
		throw new RenderError(`${lines.sources[0]}: declares no profile; expected: profile ${input.name} PATH { … }`);
	if (others.length > 0) {
		const found = profiles.map((one) => `"${one.name}" (${where(one)})`).join(", ");
		throw new RenderError(
			`${lines.sources[0]}: declares ${profiles.length} profiles, ${found}; one resource is one profile`,
		);
	}
	const problems: string[] = [];
	if (profile.name !== input.name)
		problems.push(
			`${where(profile)}: the policy declares the profile "${profile.name}", but "${input.name}" was asked for: write "profile ${input.name} …" there, or set the property profileName`,
		);
	const attachment = attachmentOf(profile);
	if (input.attachment !== undefined && attachment !== input.attachment)
		problems.push(
			`${where(profile)}: the policy attaches to ${attachment ?? "no path"}, but the attachment is ${input.attachment}`,
		);
	if (problems.length > 0) throw new RenderError(problems.join("\n"));
	return profile;
}
