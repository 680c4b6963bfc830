import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { GuardRail } from "./guard-rails";

/** The policy of a guard rail, and the binding that puts it into force. */
export function addGuardRail(
	name: string,
	{ part, policy: spec, binding }: GuardRail,
	labels: Record<string, string>,
	parent: pulumi.Resource,
): void {
	const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = k8s.admissionregistration.v1;
	const metadata = { labels };
	const policy = new ValidatingAdmissionPolicy(`${name}-${part}`, { metadata, spec }, { parent });
	new ValidatingAdmissionPolicyBinding(
		`${name}-${part}`,
		{ metadata, spec: { ...binding, policyName: policy.metadata.name } },
		{ parent },
	);
}
