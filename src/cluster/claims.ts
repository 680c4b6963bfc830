import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../profile/spec";
import { areDisjoint, type NodeChoice } from "./nodes";

/** The names that a distribution declares, and where. */
export interface Claim {
	distribution: string;
	/** The cluster's provider; undefined for the default one. */
	provider: unknown;
	nodes: NodeChoice;
	/** As the nodes' kernels call them. */
	names: ReadonlySet<string>;
}

/** What has been claimed in each run of a program: one process may run several. */
const claims = new WeakMap<object, Claim[]>();

/** What other distributions of this program claim as well, where they may be for the same nodes. */
export function claimNames(claim: Claim): Problem[] {
	const run = pulumi.runtime.getStackResource();
	if (run === undefined) return [];
	const others = claims.get(run) ?? [];
	const problems = conflicts(claim, others);
	claims.set(run, [...others, claim]);
	return problems;
}

/** The names that two distributions declare for nodes that both may be for. */
export function conflicts(claim: Claim, others: readonly Claim[]): Problem[] {
	return others
		.filter(({ provider, nodes }) => provider === claim.provider && !areDisjoint(nodes, claim.nodes))
		.flatMap(({ distribution, names }) =>
			[...claim.names]
				.filter((name) => names.has(name))
				.map((name) => ({
					property: "profiles",
					reason: `${JSON.stringify(name)} is declared by the distribution "${distribution}", too, and the same nodes may be chosen by both: one of them must have it under another name, or the nodeSelector or nodeExpressions of the two must exclude each other`,
				})),
		);
}
