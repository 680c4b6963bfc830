import type * as k8s from "@pulumi/kubernetes";
import { GuardRailAction, type GuardRails } from "./distribution-args";

/** A rule of the API server, and where it holds. */
export interface GuardRail {
	/** A part of its name. */
	part: string;
	policy: k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;
	binding: Omit<k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec, "policyName">;
}

const namespaceLabel = "kubernetes.io/metadata.name";

/** The rules that are asked for; none where none is. */
export function makeGuardRails(wanted: GuardRails | undefined): GuardRail[] {
	if (wanted === undefined) return [];
	const { localhostProfilePrefix: prefix, exemptNamespaces = [], requireProfileIn = [] } = wanted;
	const validationActions = [wanted.action ?? GuardRailAction.Deny];
	const rails: GuardRail[] = [];
	if (prefix !== undefined)
		rails.push({
			part: "managed-profiles",
			policy: managedProfiles(prefix),
			binding: {
				validationActions,
				...(exemptNamespaces.length > 0 ? { matchResources: inNamespaces("NotIn", exemptNamespaces) } : {}),
			},
		});
	if (requireProfileIn.length > 0)
		rails.push({
			part: "required-profile",
			policy: requiredProfile(),
			binding: { validationActions, matchResources: inNamespaces("In", requireProfileIn) },
		});
	return rails;
}

function inNamespaces(operator: string, values: string[]) {
	return { namespaceSelector: { matchExpressions: [{ key: namespaceLabel, operator, values: [...values].sort() }] } };
}

type PolicySpec = GuardRail["policy"];

/** Pods as they are made, and ephemeral containers as they are added to one; nothing else about a pod can change it. */
const pods: PolicySpec["matchConstraints"] = {
	resourceRules: [
		{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
		{ apiGroups: [""], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["pods/ephemeralcontainers"] },
	],
};

const list = (name: string) => `(has(object.spec.${name}) ? object.spec.${name} : [])`;

const containers = {
	name: "containers",
	expression: `object.spec.containers + ${list("initContainers")}`,
};

const podProfile = "has(object.spec.securityContext) && has(object.spec.securityContext.appArmorProfile)";
const hasProfile = (container: string) =>
	`has(${container}.securityContext) && has(${container}.securityContext.appArmorProfile)`;

/** Profiles that pods may name: those with the prefix. */
function managedProfiles(prefix: string): PolicySpec {
	const start = celText(prefix);
	const unmanaged = (profile: string) =>
		`${profile}.type == 'Localhost' && !${profile}.localhostProfile.startsWith(${start})`;
	const named = (items: string) =>
		`${items}.filter(c, ${hasProfile("c")} && ${unmanaged("c.securityContext.appArmorProfile")}).map(c, c.securityContext.appArmorProfile.localhostProfile)`;
	const annotations = "(has(object.metadata.annotations) ? object.metadata.annotations : {})";
	return {
		failurePolicy: "Fail",
		matchConstraints: pods,
		variables: [
			containers,
			{
				name: "unmanaged",
				expression: [
					`(${podProfile} && ${unmanaged("object.spec.securityContext.appArmorProfile")} ? [object.spec.securityContext.appArmorProfile.localhostProfile] : [])`,
					named("variables.containers"),
					// Their type is another one, so that they cannot be in one list with the rest.
					named(list("ephemeralContainers")),
					`${annotations}.filter(k, k.startsWith('container.apparmor.security.beta.kubernetes.io/') && ${annotations}[k].startsWith('localhost/') && !${annotations}[k].startsWith('localhost/' + ${start})).map(k, ${annotations}[k])`,
				].join(" + "),
			},
		],
		validations: [
			{
				expression: "size(variables.unmanaged) == 0",
				messageExpression: `'AppArmor profiles that no pod may name: ' + variables.unmanaged.join(', ') + '; those that are managed start with "' + ${start} + '"'`,
			},
		],
	};
}

/** Each container must be confined by a profile of the node; its own wins over the pod's. */
function requiredProfile(): PolicySpec {
	const missing = (items: string) =>
		`${items}.filter(c, ${hasProfile("c")} ? c.securityContext.appArmorProfile.type != 'Localhost' : !variables.podIsConfined).map(c, c.name)`;
	return {
		failurePolicy: "Fail",
		matchConstraints: pods,
		variables: [
			containers,
			{
				name: "podIsConfined",
				expression: `${podProfile} && object.spec.securityContext.appArmorProfile.type == 'Localhost'`,
			},
			{
				name: "unconfined",
				expression: `${missing("variables.containers")} + ${missing(list("ephemeralContainers"))}`,
			},
		],
		validations: [
			{
				expression: "size(variables.unconfined) == 0",
				messageExpression:
					"'containers without an AppArmor profile of the node (appArmorProfile of type Localhost), which this namespace requires: ' + variables.unconfined.join(', ')",
			},
		],
	};
}

/** Text as CEL writes it. */
function celText(text: string): string {
	return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
