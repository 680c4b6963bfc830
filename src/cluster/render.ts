import * as pulumi from "@pulumi/pulumi";
import { holdsOutput } from "../known";
import { inputError, renderProblems } from "../problems";
import type { Problem, ProfileSpec } from "../profile/spec";
import { type DeclaredProfile, declareProfile, NameError } from "./declared";
import { type ClusterProfileDistributionArgs, ProfileNames } from "./distribution-args";
import { isRenderable, profileProblems } from "./distribution-problems";
import { makeShards, type Shard, TooBig } from "./shards";

/** What the nodes shall have. */
export interface Declaration {
	profiles: DeclaredProfile[];
	shards: Shard[];
}

/**
 * Renders the profiles and packs them: at once where everything is known already, so that problems, those of the other
 * arguments among them, are told before anything is registered.
 *
 * @throws InputPropertiesError with everything that is wrong; where a value is known only later, the output fails.
 */
export function declareAll(
	label: string,
	args: ClusterProfileDistributionArgs,
	others: Problem[],
): Declaration | pulumi.Output<Declaration> {
	const declare = (profiles: ProfileSpec[], before: Problem[]): Declaration => {
		const problems = [...before];
		const declared = renderAll(profiles, args, problems);
		if (problems.length > 0) throw inputError(label, problems);
		try {
			return { profiles: declared, shards: makeShards(declared) };
		} catch (error) {
			if (!(error instanceof TooBig)) throw error;
			throw inputError(label, [{ property: "profiles", reason: error.message }]);
		}
	};
	if (!holdsOutput(args.profiles)) return declare(args.profiles as ProfileSpec[], others);
	if (others.length > 0) throw inputError(label, others);
	return pulumi.output(args.profiles).apply((profiles) => declare(profiles as ProfileSpec[], []));
}

function renderAll(
	profiles: ProfileSpec[],
	{ names = ProfileNames.Stable, guardRails }: ClusterProfileDistributionArgs,
	problems: Problem[],
): DeclaredProfile[] {
	if (!Array.isArray(profiles)) {
		problems.push({ property: "profiles", reason: "must be a list of profiles" });
		return [];
	}
	problems.push(...profileProblems(profiles, guardRails));
	return profiles.flatMap((spec, index) => {
		const place = `profiles[${index}]`;
		// Rendering a spec that is wrong already would only say the same thing again.
		if (!isRenderable(spec)) return [];
		try {
			return [declareProfile(spec, names)];
		} catch (error) {
			if (error instanceof NameError) problems.push({ property: `${place}.name`, reason: error.message });
			else
				for (const { property, reason } of renderProblems(error, spec))
					problems.push({ property: `${place}.${property}`, reason });
			return [];
		}
	});
}
