import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conflicts } from "../../src/cluster/claims";
import type { NodeExpression } from "../../src/cluster/distribution-args";
import { areDisjoint, type NodeChoice, nodeAffinity, nodeProblems } from "../../src/cluster/nodes";

/** Whether a node with these labels is chosen, as the scheduler sees it. */
function isChosen({ nodeSelector = {}, nodeExpressions = [] }: NodeChoice, labels: Record<string, string>): boolean {
	const holds = ({ key, operator, values = [] }: NodeExpression) => {
		const value = labels[key];
		if (operator === "Exists") return value !== undefined;
		if (operator === "DoesNotExist") return value === undefined;
		const isIn = value !== undefined && values.includes(value);
		return operator === "In" ? isIn : !isIn;
	};
	return Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) && nodeExpressions.every(holds);
}

describe("whether two choices of nodes exclude each other", () => {
	const keys = ["pool", "zone"];
	const values = ["a", "b", "c"];
	const expression = fc.oneof(
		fc.record({
			key: fc.constantFrom(...keys),
			operator: fc.constantFrom("In", "NotIn"),
			values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
		}),
		fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom("Exists", "DoesNotExist") }),
	);
	const choice = fc.record({
		nodeSelector: fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values)),
		nodeExpressions: fc.array(expression, { maxLength: 3 }),
	});
	// Every value that is spoken of, one that is not, and none.
	const each = [...values, "other", undefined];
	const everyNode = each.flatMap((pool) =>
		each.map((zone) => ({ ...(pool ? { pool } : {}), ...(zone ? { zone } : {}) }) as Record<string, string>),
	);

	it("is what trying every node says", () => {
		fc.assert(
			fc.property(choice, choice, (one, other) => {
				const shared = everyNode.some((labels) => isChosen(one, labels) && isChosen(other, labels));
				expect(areDisjoint(one, other)).toBe(!shared);
			}),
			{ numRuns: 2_000 },
		);
	});
});

it("expressions are checked each, and become an affinity", () => {
	const wrong = [
		{ key: "", operator: "Exists" },
		{ key: "pool", operator: "in", values: ["a"] },
		{ key: "pool", operator: "In" },
		{ key: "pool", operator: "Exists", values: ["a"] },
	];
	expect(nodeProblems({ nodeExpressions: wrong })).toEqual([
		{ property: "nodeExpressions[0].key", reason: "is missing: the name of a node's label" },
		{ property: "nodeExpressions[1].operator", reason: '"in" is none of In, NotIn, Exists, DoesNotExist' },
		{ property: "nodeExpressions[2].values", reason: '"In" needs at least one value' },
		{ property: "nodeExpressions[3].values", reason: '"Exists" takes no values' },
	]);
	expect(nodeAffinity({})).toBeUndefined();
	const matchExpressions = [{ key: "pool", operator: "NotIn", values: ["canary"] }];
	expect(nodeAffinity({ nodeExpressions: matchExpressions })).toEqual({
		nodeAffinity: {
			requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
		},
	});
});

describe("two distributions that declare one name", () => {
	const cluster = {};
	const claim = (distribution: string, nodes: NodeChoice = {}, provider: unknown = cluster, names = ["myapp"]) => ({
		distribution,
		provider,
		nodes,
		names: new Set(names),
	});
	const canary = { nodeSelector: { pool: "canary" } };
	const rest = { nodeExpressions: [{ key: "pool", operator: "NotIn", values: ["canary"] }] };

	it("are refused where a node could be chosen by both", () => {
		expect(conflicts(claim("two"), [claim("one")])).toEqual([
			{
				property: "profiles",
				reason:
					'"myapp" is declared by the distribution "one", too, and the same nodes may be chosen by both: one of them must have it under another name, or the nodeSelector or nodeExpressions of the two must exclude each other',
			},
		]);
		expect(conflicts(claim("two", canary), [claim("one")])).toHaveLength(1);
	});

	it("are fine on other nodes, in another cluster, and with other names", () => {
		expect(conflicts(claim("two", canary), [claim("one", rest)])).toEqual([]);
		expect(conflicts(claim("two"), [claim("one", {}, {})])).toEqual([]);
		expect(conflicts(claim("two", {}, cluster, ["other"]), [claim("one")])).toEqual([]);
	});
});
