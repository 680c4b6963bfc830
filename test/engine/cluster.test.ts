import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { DistributionStack, type Distributions, operations } from "./distribution-stack";
import { HandMadeNode, type Pod } from "./standins-kubernetes-node";

// The nodes' kubelets are the test: what a loader does on a real node is for test/e2e.
let plane: ControlPlane;
let nodes: HandMadeNode[];
let stack: DistributionStack;

const policy = (rule = "/etc/myapp r,", name = "myapp") =>
	`abi <abi/3.0>,\nprofile ${name} flags=(attach_disconnected) {\n  ${rule}\n}\n`;
const profile = (name: string, mode = "enforce", rule?: string) => ({ name, policy: policy(rule, name), mode });
const one = (profiles: object[], more: object = {}): Distributions =>
	({ distributions: [{ name: "profiles", profiles, ...more }] }) as Distributions;

const running = () => ({ phase: "Running" as const, ready: true });

beforeAll(async () => {
	plane = await startControlPlane();
	nodes = await Promise.all(["worker-1", "worker-2"].map((name) => HandMadeNode.start(plane, name)));
	for (const { name } of nodes) await plane.kubectl("label", "node", name, "kubernetes.io/os=linux", `pool=${name}`);
});
afterAll(async () => {
	await Promise.all(nodes.map((node) => node.stop()));
	await plane.stop();
});
beforeEach(async () => {
	for (const node of nodes) node.report = running;
	stack = await DistributionStack.make(plane.kubeconfigText);
});
afterEach(async () => {
	await stack.destroy();
	stack.remove();
	expect(await list("daemonsets,configmaps,serviceaccounts")).toEqual([]);
});

interface Live {
	metadata: { name: string };
	data?: Record<string, string>;
	binaryData?: Record<string, string>;
	immutable?: boolean;
}

async function list<Item = Live>(kinds: string): Promise<Item[]> {
	const args = [
		"--namespace",
		"kube-system",
		"--selector",
		"app.kubernetes.io/name=pulumi-apparmor-loader",
		"-o",
		"json",
	];
	return (JSON.parse(await plane.kubectl("get", kinds, ...args)) as { items: Item[] }).items;
}

const loaders = async () => (await list<Pod>("pods")).filter(({ metadata }) => !metadata.deletionTimestamp);
const loaderNodes = async () => (await loaders()).map(({ spec }) => spec.nodeName).sort();

const changedOnce = [
	"create-replacement profiles-policies-0",
	"delete-replaced profiles-policies-0",
	"replace profiles-policies-0",
	"update profiles-loader",
];

it("counts: a first up, a second one, a mode switch, a changed policy, a removed profile, a destroy", async () => {
	const first = await stack.up(one([profile("myapp", "complain"), profile("other")]));
	expect(operations(first)).toEqual([
		"create profiles",
		"create profiles-agent",
		"create profiles-loader",
		"create profiles-policies-0",
	]);
	expect(await loaderNodes()).toEqual(["worker-1", "worker-2"]);
	expect(await stack.outputs()).toMatchObject({
		outputs: { profiles: { localhostProfiles: { myapp: "myapp", other: "other" }, namespace: "kube-system" } },
	});

	expect(operations(await stack.up(one([profile("myapp", "complain"), profile("other")])))).toEqual([]);

	const { stdout } = await stack.preview(one([profile("myapp", "enforce", "/new r,"), profile("other")]), ["--diff"]);
	// A reviewer reads the change of the policy, line by line.
	expect(stdout).toMatch(
		/- profile myapp flags=\(attach_disconnected, complain\) \{\n\s*- {3}\/etc\/myapp r,\n\s*\+ profile myapp flags=\(attach_disconnected\) \{\n\s*\+ {3}\/new r,\n/,
	);

	expect(operations(await stack.up(one([profile("myapp"), profile("other")])))).toEqual(changedOnce);
	expect(operations(await stack.up(one([profile("myapp", "enforce", "/new r,"), profile("other")])))).toEqual(
		changedOnce,
	);
	expect(operations(await stack.up(one([profile("myapp", "enforce", "/new r,")])))).toEqual(changedOnce);
	const [policies, ...others] = (await list("configmaps")).filter(({ metadata }) => !metadata.name.includes("agent"));
	expect(others).toEqual([]);
	expect(policies).toMatchObject({
		immutable: true,
		data: {
			"myapp.profile": policy("/new r,"),
			declared: expect.stringMatching(/^myapp\tenforce\t[0-9a-f]{64}\tmyapp\.profile\n$/),
		},
	});

	expect(operations(await stack.destroy())).toEqual([
		"delete profiles",
		"delete profiles-agent",
		"delete profiles-loader",
		"delete profiles-policies-0",
	]);
});

it("waits for every node, shows a node's own words, fails after its time, and comes round", async () => {
	const words = "node worker-2: myapp, line 3: syntax error";
	await stack.up(one([profile("myapp")]));
	const [, second] = nodes as [HandMadeNode, HandMadeNode];
	const old = (await loaders()).map(({ metadata }) => metadata.uid);
	// As a kubelet tells it: the container has ended, and is then kept from being started again.
	const ended = { reason: "Error", exitCode: 1, message: words, finishedAt: new Date().toISOString() };
	const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container" };
	let toldAt: number | undefined;
	second.report = ({ metadata }) => {
		if (old.includes(metadata.uid)) return running();
		const first = { phase: "Running" as const, ready: false, state: { terminated: ended } };
		toldAt ??= Date.now();
		return Date.now() - toldAt < 5000 ? first : { ...first, state: { waiting }, lastState: { terminated: ended } };
	};
	const wrong = one([profile("myapp", "enforce", "/new r,")], { readyTimeoutSeconds: 60 });
	const error = await stack.error(stack.up(wrong));
	expect(error.message).toContain("timed out waiting for the condition");
	expect(error.message).toMatch(
		/not every node has every profile as declared.*\n {2}kubectl --namespace kube-system logs --selector app\.kubernetes\.io\/name=pulumi-apparmor-loader,pulumi-apparmor\/distribution=[0-9a-f]{12} --prefix --tail 20/,
	);
	expect(`${error.stdout}${error.stderr}`).toContain(`[loader][Error] ${words}\n`);
	// The old loader of that node is still there, beside the new one that does not get ready.
	await expect.poll(loaderNodes, { timeout: 60_000 }).toEqual(["worker-1", "worker-2", "worker-2"]);

	second.report = running;
	const mended = await stack.up(one([profile("myapp", "enforce", "/mended r,")]));
	expect(operations(mended)).toContain("update profiles-loader");
	// The new loaders are ready; the old one goes a moment later.
	await expect.poll(loaderNodes, { timeout: 60_000 }).toEqual(["worker-1", "worker-2"]);
});

it("more than 1 MiB of policy: compressed, over several ConfigMaps, and one of them changed with one policy", async () => {
	const rules = (seed: number) =>
		Array.from(
			{ length: 400 },
			(_, index) => `/srv/${((seed * 7919 + index * 104729) % 1e9).toString(36)}/${index}/** rw,`,
		);
	const profiles = Array.from({ length: 120 }, (_, index) =>
		profile(`p${index}`, "enforce", rules(index).join("\n  ")),
	);
	expect(profiles.reduce((sum, { policy: text }) => sum + text.length, 0)).toBeGreaterThan(1_048_576);
	await stack.up(one(profiles));
	const before = await list("configmaps");
	expect(before.length).toBeGreaterThan(2);

	profiles[7] = profile("p7", "enforce", "/changed r,");
	const changed = operations(await stack.up(one(profiles)));
	expect(changed.filter((step) => step.includes("policies"))).toEqual([
		expect.stringMatching(/^create profiles-policies-\d+-[0-9a-f]{8}$/),
		expect.stringMatching(/^delete profiles-policies-\d+-[0-9a-f]{8}$/),
	]);
	expect(changed.filter((step) => !step.includes("policies"))).toEqual([
		"create-replacement profiles-declared",
		"delete-replaced profiles-declared",
		"replace profiles-declared",
		"update profiles-loader",
	]);
	expect(operations(await stack.up(one(profiles)))).toEqual([]);
});

describe("two distributions", () => {
	const two = (first: object, second: object, profiles = [profile("myapp")]): Distributions =>
		({
			distributions: [
				{ name: "canary", profiles: [profile("myapp", "complain")], ...first },
				{ name: "rest", profiles, ...second },
			],
		}) as Distributions;

	it("with one profile on the same nodes are refused in the preview, with both names", async () => {
		const error = await stack.error(stack.preview(two({}, {})));
		expect(`${error.stdout}${error.stderr}`).toContain(
			'profiles: "myapp" is declared by the distribution "canary", too, and the same nodes may be chosen by both',
		);
	});

	it("on different nodes live side by side", async () => {
		const canary = { nodeSelector: { pool: "worker-1" } };
		const rest = { nodeExpressions: [{ key: "pool", operator: "NotIn", values: ["worker-1"] }] };
		await stack.up(two(canary, rest));
		const pods = (await loaders()) as (Pod & { metadata: { labels: Record<string, string> } })[];
		expect(
			pods.map(({ metadata, spec }) => [metadata.labels["app.kubernetes.io/instance"], spec.nodeName]).sort(),
		).toEqual([
			["canary", "worker-1"],
			["rest", "worker-2"],
		]);
	});
});

it("profiles that are known only once something else is made, and secret ones", async () => {
	await stack.up(one([profile("myapp")], { late: true }));
	expect((await list("configmaps")).flatMap(({ data }) => Object.keys(data ?? {})).sort()).toEqual([
		"apparmor-agent.sh",
		"declared",
		"myapp.profile",
	]);
	const template = { name: "hidden", template: "container", values: { readPaths: ["/quite-secret"] }, mode: "enforce" };
	await stack.up(one([template], { secretValues: true }));
	expect(JSON.stringify(await list("configmaps"))).toContain("/quite-secret");
	expect(await stack.state()).not.toContain("/quite-secret");
});

describe("workloads", () => {
	const podSpec = {
		containers: [
			{ name: "app", image: "x" },
			{ name: "proxy", image: "x" },
		],
	};
	const workload = (name: string, more: object) => ({ name, profile: "myapp", how: "confine", podSpec, ...more });
	const specOf = async (name: string) =>
		JSON.parse(await plane.kubectl("get", "deployment", name, "-o", "json")).spec.template.spec;

	it("name the profile, wait for it, and follow a content-addressed name with a rolling update", async () => {
		const wanted = (rule: string) =>
			({
				...one([profile("myapp", "enforce", rule)], { names: "content-addressed" }),
				deployments: [
					workload("whole", {}),
					workload("part", { container: "app" }),
					workload("transformed", { how: "transform" }),
				],
			}) as Distributions;
		await stack.up(wanted("/one r,"));
		const outputs = (await stack.outputs()) as {
			outputs: { profiles: { localhostProfiles: { myapp: string }; policyHashes: { myapp: string } } };
		};
		const { localhostProfiles, policyHashes } = outputs.outputs.profiles;
		const localhostProfile = localhostProfiles.myapp;
		expect(localhostProfile).toBe(`myapp-${policyHashes.myapp.slice(0, 8)}`);
		const appArmorProfile = { type: "Localhost", localhostProfile };
		expect((await specOf("whole")).securityContext.appArmorProfile).toEqual(appArmorProfile);
		expect((await specOf("transformed")).securityContext.appArmorProfile).toEqual(appArmorProfile);
		const part = await specOf("part");
		expect(part.securityContext).toEqual({});
		expect(part.containers[0].securityContext.appArmorProfile).toEqual(appArmorProfile);
		expect(part.containers[1].securityContext).toBeUndefined();

		// None is made before the profiles are on every node.
		const state = JSON.parse(await stack.state()) as {
			deployment: { resources: { urn: string; dependencies?: string[] }[] };
		};
		for (const name of ["whole", "part", "transformed"]) {
			const resource = state.deployment.resources.find(({ urn }) => urn.endsWith(`:Deployment::${name}`));
			expect(
				resource?.dependencies?.some((urn) => urn.endsWith("::profiles-loader")),
				name,
			).toBe(true);
		}

		const changed = operations(await stack.up(wanted("/two r,")));
		expect(changed).toEqual([...changedOnce, "update part", "update transformed", "update whole"].sort());
		expect((await specOf("whole")).securityContext.appArmorProfile.localhostProfile).not.toBe(localhostProfile);
	});
});
