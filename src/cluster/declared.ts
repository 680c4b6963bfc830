import { checkPolicy } from "../policy/check/check";
import { setName } from "../policy/edit-name";
import { Mode } from "../policy/mode";
import { parsePolicy } from "../policy/parse/parse";
import { profileNameProblem } from "../profile/names";
import { type RenderedPolicy, renderPolicy } from "../profile/render";
import { type ProfileSpec, policyInput } from "../profile/spec";
import { loadTemplate } from "../templates/load";
import { ProfileNames } from "./distribution-args";

/** A profile as a node is told to load it. */
export interface DeclaredProfile {
	/** As the program calls it. */
	name: string;
	/** As the node's kernel calls it. */
	loadedName: string;
	mode: Mode;
	/** SHA-256, in hex, of the policy without its mode and under the program's name: the same in every stack. */
	policyHash: string;
	/** The policy, its mode in its flags. */
	text: string;
	/** What a person should know before this is loaded. */
	warnings: string[];
}

const hashDigits = 8;

/**
 * Renders a profile for the nodes of a cluster.
 *
 * @throws TemplateNotFound, TemplateError, RenderError or PolicyError where the template, the values or the policy are
 * wrong; NameError where the name that follows from the content cannot be one.
 */
export function declareProfile(spec: ProfileSpec, names: ProfileNames): DeclaredProfile {
	const rendered = renderPolicy(policyInput(spec, loadTemplate));
	const loadedName =
		names === ProfileNames.ContentAddressed ? `${spec.name}-${rendered.hash.slice(0, hashDigits)}` : spec.name;
	if (names === ProfileNames.ContentAddressed) {
		const problem = profileNameProblem(loadedName);
		if (problem !== undefined) throw new NameError(problem);
		if (rendered.attachment !== undefined)
			throw new NameError(
				`the policy attaches to ${rendered.attachment}: two versions of it are loaded side by side under content-addressed names, and the kernel would attach neither; take the attachment away, or use stable names`,
			);
	}
	return {
		name: spec.name,
		loadedName,
		mode: spec.mode,
		policyHash: rendered.hash,
		text: setName(rendered.text, loadedName),
		warnings: [...rendered.warnings, ...clusterWarnings(rendered)],
	};
}

/** A profile's name or attachment that does not go with content-addressed names. */
export class NameError extends Error {
	override readonly name = "NameError";
}

/** What is right on a host and a trap in a container. */
function clusterWarnings({ text, attachment }: RenderedPolicy): string[] {
	// The check looks at everything else as well: for a thousand profiles that are right it would take seconds.
	const warnings = isForContainers(text)
		? []
		: checkPolicy(text, { container: true })
				.filter(({ code }) => code === "missing-attach-disconnected")
				.map(({ message }) => message);
	if (attachment !== undefined)
		warnings.push(
			`it attaches to ${attachment}, and so confines that program everywhere on the nodes: in every container without a profile, and on the node itself`,
		);
	return warnings;
}

function isForContainers(text: string): boolean {
	return parsePolicy(text).statements.some(
		(statement) =>
			statement.kind === "profile" && statement.flags.some((flag) => flag.split(".")[0] === "attach_disconnected"),
	);
}

/** What the policy's file is called: a key of a ConfigMap, which may not hold the "+" that a profile's name may. */
export function policyFileName(loadedName: string): string {
	if (!loadedName.includes("+")) return `${loadedName}.profile`;
	// The other ending keeps it apart from a profile that is called so.
	return `${loadedName.replaceAll("_", "__").replaceAll("+", "_p")}.plus-profile`;
}

/** The names as nodes have them, by the names in the program; without the profiles that are not loaded. */
export function loadedNames(profiles: readonly DeclaredProfile[]): Record<string, string> {
	const loaded = profiles.filter(({ mode }) => mode !== Mode.Disabled);
	return Object.fromEntries(loaded.map(({ name, loadedName }) => [name, loadedName]));
}
