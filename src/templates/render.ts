import { renderPolicy } from "../profile/render";
import { type ProfileSpec, policyInput, specProblems } from "../profile/spec";
import { loadTemplate } from "./load";

/**
 * The policy text of a profile, its mode in its flags: what AppArmorProfile puts on a host, without the
 * header that names the stack.
 *
 * @throws TypeError where the spec is wrong; TemplateNotFound, TemplateError or RenderError where its
 * template, values or policy are.
 */
export function renderProfile(spec: ProfileSpec): string {
	const problems = specProblems(spec);
	if (problems.length > 0)
		throw new TypeError(problems.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
	return renderPolicy(policyInput(spec, loadTemplate)).text;
}
