import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliveredScript } from "../../src/agent/agent";
import { declareProfile } from "../../src/cluster/declared";
import { ClusterProfileDistribution, type ClusterProfileDistributionArgs } from "../../src/index";
import { refusedInputs } from "../refused-inputs";
import { ClusterMocks, resolved } from "./mocks";

const mocks = new ClusterMocks();
beforeEach(() => mocks.forget());
afterEach(async () => {
	await mocks.all("");
});

const policy = (name = "myapp", rule = "/etc/myapp r,") =>
	`abi <abi/3.0>,\nprofile ${name} flags=(attach_disconnected) {\n  ${rule}\n  signal (receive) peer=${name},\n}\n`;
const profiles = [
	{ name: "myapp", policy: policy(), mode: "enforce" as const },
	{ name: "other", policy: policy("other"), mode: "complain" as const },
];
const distribution = (args: Partial<ClusterProfileDistributionArgs> = {}, name = "profiles") =>
	new ClusterProfileDistribution(name, { profiles, ...args });
const problemsOf = (args: Partial<Record<keyof ClusterProfileDistributionArgs, unknown>>, name?: string) =>
	refusedInputs(() => distribution(args as Partial<ClusterProfileDistributionArgs>, name));

describe("what is registered", () => {
	it("the agent and the policies in immutable ConfigMaps, an account without rights, one DaemonSet", async () => {
		distribution();
		await mocks.all("");
		const names = mocks.registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
		expect(names.sort()).toEqual([
			"ClusterProfileDistribution profiles",
			"ConfigMap profiles-agent",
			"ConfigMap profiles-policies-0",
			"DaemonSet profiles-loader",
			"ServiceAccount profiles",
		]);
		const configMaps = await mocks.all("ConfigMap");
		for (const { inputs } of configMaps) expect(inputs.immutable).toBe(true);
		const [agent, policies] = configMaps.sort((a, b) => (a.name < b.name ? -1 : 1));
		expect(agent?.inputs.data).toEqual({ "apparmor-agent.sh": deliveredScript("loader") });
		expect(policies?.inputs.data["other.profile"]).toContain("profile other flags=(attach_disconnected, complain) {");
		expect((await mocks.only("ServiceAccount")).inputs.automountServiceAccountToken).toBe(false);
		for (const { inputs, type } of mocks.registered.filter((one) => !one.type.startsWith("pulumi")))
			expect(inputs.metadata, type).toMatchObject({
				namespace: "kube-system",
				labels: { "app.kubernetes.io/name": "pulumi-apparmor-loader", "app.kubernetes.io/instance": "profiles" },
			});
	});

	it("the DaemonSet, with no more rights than loading takes", async () => {
		distribution();
		const { inputs } = await mocks.only("DaemonSet");
		expect(inputs).toMatchSnapshot();
		const text = JSON.stringify(inputs);
		for (const word of ["hostPID", "hostNetwork", "hostIPC", '"privileged":true', "SYS_ADMIN"])
			expect(text).not.toContain(word);
	});

	it("with the parser of the image, no mount of the node's root and no chroot", async () => {
		distribution({ parser: "image", image: "registry.example/loader:1", nodeFeatures: true, unloadAfterSeconds: 60 });
		const { template } = (await mocks.only("DaemonSet")).inputs.spec;
		expect(template.spec.containers[0]).toMatchObject({
			image: "registry.example/loader:1",
			securityContext: { capabilities: { drop: ["ALL"], add: ["MAC_ADMIN"] } },
			env: [
				{ name: "NODE_NAME" },
				{ name: "AGENT_OWNER", value: "acme/shop/production/profiles" },
				{ name: "AGENT_FEATURES_DIR", value: "/etc/kubernetes/node-feature-discovery/features.d" },
				{ name: "AGENT_UNUSED_SECONDS", value: "60" },
			],
		});
		const paths = template.spec.volumes.flatMap(
			({ hostPath }: { hostPath?: { path: string } }) => hostPath?.path ?? [],
		);
		expect(paths.sort()).toEqual([
			"/etc/kubernetes/node-feature-discovery/features.d",
			"/proc",
			"/sys/kernel/security",
			"/var/lib/pulumi-apparmor",
		]);
	});

	it("what a person chooses about nodes, image, rollout, resources and names", async () => {
		distribution({
			nodeSelector: { pool: "canary" },
			nodeExpressions: [{ key: "gpu", operator: "DoesNotExist" }],
			tolerations: [{ key: "canary", operator: "Exists" }],
			priorityClassName: "high",
			image: "mirror.example/busybox:1",
			imagePullPolicy: "Never",
			imagePullSecrets: ["mirror"],
			rollout: { maxUnavailable: "1" },
			resources: { memoryLimit: "1Gi" },
			labels: { team: "platform" },
			readyTimeoutSeconds: 60,
		});
		const { inputs } = await mocks.only("DaemonSet");
		expect(inputs.metadata.labels.team).toBe("platform");
		expect(inputs.spec.updateStrategy.rollingUpdate).toEqual({ maxUnavailable: 1, maxSurge: 0 });
		expect(inputs.spec.template.spec).toMatchObject({
			nodeSelector: { "kubernetes.io/os": "linux", pool: "canary" },
			affinity: {
				nodeAffinity: {
					requiredDuringSchedulingIgnoredDuringExecution: {
						nodeSelectorTerms: [{ matchExpressions: [{ key: "gpu", operator: "DoesNotExist" }] }],
					},
				},
			},
			tolerations: [{ key: "canary", operator: "Exists" }],
			priorityClassName: "high",
			imagePullSecrets: [{ name: "mirror" }],
			containers: [
				{
					image: "mirror.example/busybox:1",
					imagePullPolicy: "Never",
					resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "1Gi" } },
				},
			],
		});
	});

	it("a namespace of its own, which allows what the loader mounts", async () => {
		const { namespace } = distribution({ namespace: "apparmor", createNamespace: true });
		expect(await resolved(namespace)).toBe("apparmor");
		expect((await mocks.only("Namespace")).inputs.metadata).toMatchObject({
			name: "apparmor",
			labels: { "pod-security.kubernetes.io/enforce": "privileged" },
		});
		expect((await mocks.only("DaemonSet")).inputs.metadata.namespace).toBe("apparmor");
	});

	it("before Kubernetes 1.30, annotations instead of fields", async () => {
		distribution({ kubernetesVersion: "1.29" });
		const { inputs } = await mocks.only("DaemonSet");
		expect(inputs.spec.template.metadata.annotations).toEqual({
			"container.apparmor.security.beta.kubernetes.io/loader": "unconfined",
		});
		expect(JSON.stringify(inputs)).not.toContain("appArmorProfile");
	});

	it("two distributions of one name in two stacks choose different pods", async () => {
		distribution();
		const { spec } = (await mocks.only("DaemonSet")).inputs;
		const key = "pulumi-apparmor/distribution";
		expect(spec.selector.matchLabels[key]).toMatch(/^[0-9a-f]{12}$/);
		expect(spec.template.metadata.labels[key]).toBe(spec.selector.matchLabels[key]);
	});

	it("guard rails, each with its binding", async () => {
		distribution({
			profiles: [{ name: "shop-a", policy: policy("shop-a"), mode: "enforce" }],
			guardRails: {
				localhostProfilePrefix: "shop-",
				exemptNamespaces: ["spo"],
				requireProfileIn: ["b", "a"],
				action: "Warn",
			},
		});
		const bindings = await mocks.all("ValidatingAdmissionPolicyBinding");
		const inNamespaces = (operator: string, values: string[]) => ({
			namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator, values }] },
		});
		expect(bindings.map(({ inputs }) => inputs.spec)).toEqual([
			{
				policyName: "profiles-managed-profiles-f00d",
				validationActions: ["Warn"],
				matchResources: inNamespaces("NotIn", ["spo"]),
			},
			{
				policyName: "profiles-required-profile-f00d",
				validationActions: ["Warn"],
				matchResources: inNamespaces("In", ["a", "b"]),
			},
		]);
	});

	it("profiles that are known only later, and secret ones, which stay secret", async () => {
		const secretValues = { readPaths: ["/secret"] };
		const { localhostProfiles } = distribution({
			profiles: pulumi.output([
				{ name: "myapp", template: "container", values: pulumi.secret(secretValues), mode: "enforce" as const },
			]),
		});
		expect(await resolved(localhostProfiles)).toEqual({ myapp: "myapp" });
		const policies = (await mocks.all("ConfigMap")).find(({ name }) => name === "profiles-policies-0");
		expect(policies?.inputs.data["myapp.profile"]).toContain("/secret{,/**} r,");
		expect(policies?.secrets).toEqual(["data"]);
		expect((await mocks.only("DaemonSet")).secrets).toEqual([]);
	});
});

describe("warnings, for what is right on a host and a trap in a container", () => {
	const warningsOf = (text: string) =>
		declareProfile({ name: "myapp", policy: text, mode: "enforce" }, "stable").warnings;

	it("paths from outside of the container's mounts, and an attachment", () => {
		expect(warningsOf(policy())).toEqual([]);
		expect(warningsOf("profile myapp flags=(attach_disconnected.path=/x) {\n}\n")).toEqual([]);
		expect(warningsOf("profile myapp /bin/x {\n}\n")).toEqual([
			expect.stringMatching(/^the profile myapp is for containers and has not the flag attach_disconnected: /),
			"it attaches to /bin/x, and so confines that program everywhere on the nodes: in every container without a profile, and on the node itself",
		]);
	});
});

describe("names", () => {
	it("content-addressed: the profile, its references and its file carry the hash of the policy, in every mode", async () => {
		const names: unknown[] = [];
		for (const mode of ["complain", "enforce"] as const) {
			mocks.forget();
			const { localhostProfiles, policyHashes } = distribution({
				names: "content-addressed",
				profiles: [{ name: "myapp", policy: policy(), mode }],
			});
			const { myapp } = await resolved(policyHashes);
			const loaded = `myapp-${myapp?.slice(0, 8)}`;
			expect(await resolved(localhostProfiles)).toEqual({ myapp: loaded });
			const policies = (await mocks.all("ConfigMap")).find(({ name }) => name === "profiles-policies-0");
			expect(policies?.inputs.data[`${loaded}.profile`]).toMatch(
				new RegExp(`^abi <abi/3.0>,\nprofile ${loaded} .*\n.*\n  signal \\(receive\\) peer=${loaded},\n`),
			);
			expect(policies?.inputs.data.declared).toBe(`${loaded}\t${mode}\t${myapp}\t${loaded}.profile\n`);
			names.push(loaded);
		}
		expect(names[0]).toBe(names[1]);
	});

	it("stable: the hash is of the policy, and the same under both kinds of names", async () => {
		const stable = await resolved(distribution().policyHashes);
		const addressed = await resolved(distribution({ names: "content-addressed" }).policyHashes);
		expect(stable).toEqual(addressed);
		expect(stable.myapp).toMatch(/^[0-9a-f]{64}$/);
	});

	it("a disabled profile is declared, and no pod can name it", async () => {
		const { localhostProfiles } = distribution({
			profiles: [{ name: "myapp", policy: policy(), mode: "disabled" }],
		});
		expect(await resolved(localhostProfiles)).toEqual({});
	});
});

describe("confining workloads", () => {
	const podSpec = { containers: [{ name: "app" }] };

	it("confine, by the name on the nodes", async () => {
		const cluster = distribution({ names: "content-addressed" });
		const spec = await resolved(cluster.confine("myapp", podSpec));
		const { myapp } = await resolved(cluster.localhostProfiles);
		expect(spec.securityContext).toEqual({ appArmorProfile: { type: "Localhost", localhostProfile: myapp } });
	});

	it("confine refuses what is not declared, and an older Kubernetes; confineTemplate serves both", async () => {
		expect(() => distribution().confine("myap", podSpec)).toThrow(
			'confine: no profile "myap" is declared; there is myapp, other',
		);
		const old = distribution({ kubernetesVersion: "1.28" });
		expect(() => old.confine("myapp", podSpec)).toThrow(
			"confine: Kubernetes 1.28 has a pod's profile in an annotation, not in its spec: use confineTemplate",
		);
		expect(await resolved(old.confineTemplate("myapp", { spec: podSpec }))).toEqual({
			metadata: { annotations: { "container.apparmor.security.beta.kubernetes.io/app": "localhost/myapp" } },
			spec: podSpec,
		});
		expect(await resolved(distribution().confineTemplate("myapp", { spec: podSpec }))).toEqual({
			spec: {
				...podSpec,
				securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "myapp" } },
			},
		});
	});

	it("the transform is about workloads that name no profile, as far as it is asked", async () => {
		const cluster = distribution();
		const transform = cluster.confineTransform("myapp", { where: ({ name }) => name !== "spared" });
		const resource = (type: string, name: string, spec: object) => ({
			custom: true,
			type,
			name,
			props: { spec: { template: { spec } } },
			opts: {},
		});
		const deployment = "kubernetes:apps/v1:Deployment";
		const changed = await transform(resource(deployment, "web", podSpec));
		expect(await resolved(changed?.props as object)).toEqual({
			spec: {
				template: {
					spec: {
						...podSpec,
						securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "myapp" } },
					},
				},
			},
		});
		expect(await transform(resource(deployment, "spared", podSpec))).toBeUndefined();
		expect(await transform(resource("kubernetes:core/v1:ConfigMap", "web", podSpec))).toBeUndefined();
		// Its own loader: to wait for itself would never end.
		const loader = (await mocks.only("DaemonSet")).inputs;
		const own = { ...resource("kubernetes:apps/v1:DaemonSet", "profiles-loader", {}), props: loader };
		expect(await transform(own)).toBeUndefined();
	});
});

describe("what is refused before anything is registered", () => {
	it("everything at once, each with its property", async () => {
		const problems = problemsOf(
			{
				names: "hashed",
				parser: "image",
				createNamespace: true,
				rollout: { maxSurge: "1", maxUnavailable: "0" },
				readyTimeoutSeconds: 0.5,
				unloadAfterSeconds: -1,
				kubernetesVersion: "latest",
				nodeExpressions: [{ key: "a", operator: "Is" }],
				guardRails: { localhostProfilePrefix: "shop-", requireProfileIn: ["kube-system"] },
				profiles: [
					{ name: "shop-a", policy: "profile shop-a {\n  oops\n}\n", mode: "enforce" },
					{ name: "shop-a", policy: policy("shop-a"), mode: "audit" },
					{ name: "b", template: "missing", mode: "enforce" },
					null,
				],
			},
			"My_Profiles",
		);
		expect(problems).toMatchSnapshot();
		await mocks.all("");
		expect(mocks.registered).toEqual([]);
	});

	it("content-addressed names and an attachment, which two versions would share", () => {
		expect(
			problemsOf({
				names: "content-addressed",
				profiles: [
					{ name: "myapp", policy: "profile myapp /bin/x flags=(attach_disconnected) {\n}\n", mode: "enforce" },
				],
			}),
		).toEqual([
			"profiles[0].name: the policy attaches to /bin/x: two versions of it are loaded side by side under content-addressed names, and the kernel would attach neither; take the attachment away, or use stable names",
		]);
	});

	it("profiles that are no list", () => {
		expect(problemsOf({ profiles: "myapp" })).toEqual(["profiles: must be a list of profiles"]);
	});
});
