import type { WantedObject } from "./programs/objects";

export const object = (
	name: string,
	type: string,
	args: Record<string, unknown>,
	more: Partial<WantedObject> = {},
) => ({
	name,
	type,
	args,
	...more,
});

const skipAwait = { annotations: { "pulumi.com/skipAwait": "true" } };

const labels = { app: "all" };
const podSpec = {
	hostPID: false,
	hostNetwork: false,
	automountServiceAccountToken: false,
	nodeSelector: {},
	tolerations: [{ operator: "Exists" }],
	priorityClassName: "",
	securityContext: {},
	initContainers: [],
	containers: [
		{
			name: "main",
			image: "image",
			command: ["sh", "-c", "exit 0"],
			args: [],
			env: [
				{ name: "EMPTY", value: "" },
				{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
			],
			resources: { requests: { cpu: "0.01", memory: "16384Ki" }, limits: { memory: "0.5Gi" } },
			readinessProbe: { exec: { command: ["true"] }, periodSeconds: 1, initialDelaySeconds: 0 },
			securityContext: {
				privileged: false,
				allowPrivilegeEscalation: false,
				readOnlyRootFilesystem: true,
				capabilities: { drop: ["ALL"], add: ["MAC_ADMIN"] },
				appArmorProfile: { type: "Unconfined" },
			},
			volumeMounts: [{ name: "config", mountPath: "/config", readOnly: false }],
		},
	],
	volumes: [
		{ name: "config", configMap: { name: "all", optional: false, items: [] } },
		{ name: "kernel", hostPath: { path: "/sys/kernel/security", type: "Directory" } },
		{ name: "run", emptyDir: { sizeLimit: "1024Ki", medium: "Memory" } },
	],
};
const template = { metadata: { labels }, spec: podSpec };
const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
const subjects = [{ kind: "ServiceAccount", name: "all", namespace: "all" }];
const rbac = "rbac.authorization.k8s.io";

/** One of every kind that a user of this package may have beside it, with values as people write them. */
export const everyKind: WantedObject[] = [
	object("namespace", "core.v1.Namespace", { metadata: { name: "all", labels } }),
	...(
		[
			["account", "core.v1.ServiceAccount", { automountServiceAccountToken: false }],
			[
				"map",
				"core.v1.ConfigMap",
				{ data: { "a.profile": "profile a {\n}\n", empty: "" }, binaryData: { gz: "AAEC" } },
			],
			["secret", "core.v1.Secret", { type: "Opaque", stringData: { token: "a" } }],
			["role", "rbac.v1.Role", { rules }],
			["binding", "rbac.v1.RoleBinding", { roleRef: { apiGroup: rbac, kind: "Role", name: "all" }, subjects }],
			["service", "core.v1.Service", { spec: { selector: labels, ports: [{ port: 80, targetPort: "http" }] } }],
			[
				"budget",
				"policy.v1.PodDisruptionBudget",
				{ spec: { maxUnavailable: "0%", selector: { matchLabels: labels } } },
			],
			["pod", "core.v1.Pod", { metadata: skipAwait, spec: { ...podSpec, restartPolicy: "Never" } }],
			[
				"deployment",
				"apps.v1.Deployment",
				{ metadata: skipAwait, spec: { replicas: 0, paused: false, selector: { matchLabels: labels }, template } },
			],
			[
				"daemons",
				"apps.v1.DaemonSet",
				{
					spec: {
						minReadySeconds: 0,
						selector: { matchLabels: labels },
						updateStrategy: { rollingUpdate: { maxUnavailable: "100%" } },
						template,
					},
				},
			],
			[
				"job",
				"batch.v1.Job",
				{
					metadata: skipAwait,
					spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: "Never" } } },
				},
			],
		] as [string, string, Record<string, unknown>][]
	).map(([name, type, args]) =>
		object(
			name,
			type,
			{ ...args, metadata: { name: "all", namespace: "all", ...(args.metadata as object) } },
			{ dependsOn: ["namespace"] },
		),
	),
	object("clusterrole", "rbac.v1.ClusterRole", { rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] }),
	object("clusterbinding", "rbac.v1.ClusterRoleBinding", {
		roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "view" },
		subjects,
	}),
	object("priority", "scheduling.v1.PriorityClass", { value: 1000, globalDefault: false, description: "" }),
	object("policy", "admissionregistration.v1.ValidatingAdmissionPolicy", {
		metadata: { name: "all.example.com" },
		spec: {
			failurePolicy: "Fail",
			matchConstraints: {
				namespaceSelector: {},
				resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
			},
			validations: [{ expression: "true", message: "" }],
		},
	}),
	object("policybinding", "admissionregistration.v1.ValidatingAdmissionPolicyBinding", {
		spec: { policyName: "all.example.com", validationActions: ["Deny"], matchResources: { namespaceSelector: {} } },
	}),
	object("custom", "apiextensions.v1.CustomResourceDefinition", {
		metadata: { name: "widgets.example.com" },
		spec: {
			group: "example.com",
			names: { kind: "Widget", plural: "widgets" },
			scope: "Cluster",
			preserveUnknownFields: false,
			versions: [
				{
					name: "v1",
					served: true,
					storage: true,
					schema: {
						openAPIV3Schema: {
							type: "object",
							properties: { spec: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
						},
					},
				},
			],
		},
	}),
	object(
		"widget",
		"apiextensions.CustomResource",
		{
			apiVersion: "example.com/v1",
			kind: "Widget",
			metadata: { name: "one" },
			spec: { flag: false, list: [], text: "" },
		},
		{ dependsOn: ["custom"] },
	),
];
