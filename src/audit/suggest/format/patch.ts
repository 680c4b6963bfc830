import { parsePolicy } from "../../../policy/parse/parse";
import type { Suggestion } from "../suggestion";
import { addSuggestions } from "./insert";
import type { ProfileFormatOptions } from "./profile";
import { unifiedDiff } from "./unified-diff";

export interface PatchFormatOptions {
	/** The policy that the patch is for. */
	policy: string;
	/** Its name in the patch's header. Default `policy`. */
	file?: string;
	/** As for {@link formatProfile}. Default `comment`. */
	dangerous?: ProfileFormatOptions["dangerous"];
	/** Lines of the policy around each change. Default 3. */
	context?: number;
}

/**
 * The suggestions as a unified diff on a policy, for `patch -p0`: each rule at the end of its profile's or hat's rules,
 * flags in its header, includes behind its includes, missing children and hats at the end of their parent. Every other
 * byte stays as it is. What is for profiles that the policy has not stands above the diff, where `patch` passes over it.
 * Empty where there is nothing to change.
 *
 * @throws PolicyErrors where the policy cannot be read.
 */
export function formatPatch(suggestions: readonly Suggestion[], options: PatchFormatOptions): string {
	const { policy, file = "policy", dangerous = "comment", context } = options;
	const { text, elsewhere } = addSuggestions(policy, suggestions, dangerous);
	parsePolicy(text);
	const notes = elsewhere.map((one) => `# not in this policy: profile ${JSON.stringify(one.profile)}: ${one.text}\n`);
	if (text === policy) return notes.join("");
	return notes.join("") + unifiedDiff(file, policy, text, context);
}
