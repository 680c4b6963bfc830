import type * as k8s from "@pulumi/kubernetes";
import type { Problem } from "../profile/spec";
import type { NodeExpression } from "./distribution-args";

/** Which nodes a distribution is for: those that fulfil all of it. */
export interface NodeChoice {
	nodeSelector?: Record<string, string> | undefined;
	nodeExpressions?: NodeExpression[] | undefined;
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist"];

/** What is wrong with the expressions over nodes' labels. */
export function nodeProblems({ nodeExpressions = [] }: NodeChoice): Problem[] {
	return nodeExpressions.flatMap(({ key, operator, values }, index) => {
		const property = `nodeExpressions[${index}]`;
		if (typeof key !== "string" || key === "")
			return [{ property: `${property}.key`, reason: "is missing: the name of a node's label" }];
		if (!operators.includes(operator))
			return [
				{
					property: `${property}.operator`,
					reason: `${JSON.stringify(operator)} is none of ${operators.join(", ")}`,
				},
			];
		const takesValues = operator === "In" || operator === "NotIn";
		if (takesValues && (values ?? []).length === 0)
			return [{ property: `${property}.values`, reason: `"${operator}" needs at least one value` }];
		if (!takesValues && (values ?? []).length > 0)
			return [{ property: `${property}.values`, reason: `"${operator}" takes no values` }];
		return [];
	});
}

/** The expressions as a pod's affinity; undefined where there are none. */
export function nodeAffinity({ nodeExpressions = [] }: NodeChoice): k8s.types.input.core.v1.Affinity | undefined {
	if (nodeExpressions.length === 0) return undefined;
	return {
		nodeAffinity: {
			requiredDuringSchedulingIgnoredDuringExecution: {
				nodeSelectorTerms: [
					{
						matchExpressions: nodeExpressions.map(({ key, operator, values }) => ({
							key,
							operator,
							...(values === undefined ? {} : { values }),
						})),
					},
				],
			},
		},
	};
}

/** Whether no node can fulfil both choices, whatever its labels. */
export function areDisjoint(one: NodeChoice, other: NodeChoice): boolean {
	const constraints = new Map<string, Constraint>();
	for (const choice of [one, other]) {
		for (const { key, ...wanted } of constraintsOf(choice)) {
			const constraint = constraints.get(key) ?? { present: undefined, allowed: undefined, refused: new Set() };
			if (!narrow(constraint, wanted)) return true;
			constraints.set(key, constraint);
		}
	}
	return false;
}

interface Constraint {
	/** Whether the label is there; undefined where either will do. */
	present: boolean | undefined;
	/** The values that it may have; undefined where any. */
	allowed: Set<string> | undefined;
	refused: Set<string>;
}

function constraintsOf({ nodeSelector = {}, nodeExpressions = [] }: NodeChoice): NodeExpression[] {
	const selected = Object.entries(nodeSelector).map(([key, value]) => ({ key, operator: "In", values: [value] }));
	return [...selected, ...nodeExpressions];
}

/** Adds to what is asked of a label; false where nothing can fulfil it any more. */
function narrow(constraint: Constraint, { operator, values = [] }: Omit<NodeExpression, "key">): boolean {
	if (operator === "NotIn") for (const value of values) constraint.refused.add(value);
	else {
		const present = operator !== "DoesNotExist";
		if (constraint.present === !present) return false;
		constraint.present = present;
		if (operator === "In") constraint.allowed = intersection(constraint.allowed, values);
	}
	const { allowed, refused } = constraint;
	return allowed === undefined || [...allowed].some((value) => !refused.has(value));
}

function intersection(allowed: Set<string> | undefined, values: string[]): Set<string> {
	return new Set(allowed === undefined ? values : values.filter((value) => allowed.has(value)));
}
