import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxCluster, startCluster } from "../../sandbox/cluster";
import type { PulumiError } from "../../toolchain";
import { DistributionStack } from "../engine/distribution-stack";
import { ClusterEye } from "./cluster-eye";
import { distribution, writeManyTemplate } from "./cluster-policies";

/**
 * The whole way: pulumi, the API server, a kubelet, the loader's pod, the kernel. Each step goes on from where the one
 * before has left the node, because every `pulumi up` and every boot takes long.
 *
 * Proven elsewhere: what is created and how often (test/engine/cluster.test.ts, also that two distributions of one
 * program are refused in its preview); the loader by itself on every release, with the other parser, edited policy, and
 * profiles that are no longer declared (serve.test.ts); the cluster itself (cluster-sandbox.test.ts).
 */
let cluster: SandboxCluster;
let eye: ClusterEye;
let stack: DistributionStack;
let folder: string;

const web = (rules: string) => distribution("profiles", [["e2e-web", rules]]);
const fromSecrets = "audit deny /etc/shadow r,";
const manyCount = 100;

beforeAll(async () => {
	cluster = await startCluster({ nodes: 1 });
	eye = new ClusterEye(cluster);
	stack = await DistributionStack.make(cluster.kubeconfigText);
	folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-e2e-"));
});
afterAll(async () => {
	await cluster?.stop();
	stack?.remove();
	if (folder) rmSync(folder, { recursive: true, force: true });
});

it("a pod that is there before its profile starts by itself under it, and what that denies is denied and logged", async () => {
	await eye.startPod("web", "e2e-web");
	await expect
		.poll(() => eye.waitsFor("web"), { timeout: 120_000, interval: 1000 })
		.toContain("apparmor profile not found e2e-web");

	await stack.up({ distributions: [web(fromSecrets)] });
	await eye.running("web");
	expect(await eye.confinement("web")).toBe("e2e-web (enforce)");
	expect(await eye.read("web", "/etc/passwd")).toContain("root:x:0:0:");
	expect(await eye.read("web", "/etc/shadow")).toContain("can't open '/etc/shadow': Permission denied");
	expect(await eye.denials("e2e-web")).toEqual(
		expect.arrayContaining([expect.stringMatching(/operation="open".* name="\/etc\/shadow" .*comm="cat"/)]),
	);
});

it("a profile that is unloaded by hand comes back within seconds", async () => {
	const seconds = await eye.secondsUntilBack("e2e-web");
	expect(seconds).toBeLessThan(60);
	expect(await eye.loaded()).toEqual(["e2e-web (enforce)"]);
});

describe("two that fail, at one time", () => {
	let refused: PulumiError;
	let rival: PulumiError;
	let rivalStack: DistributionStack;

	beforeAll(async () => {
		rivalStack = await DistributionStack.make(cluster.kubeconfigText, "rival");
		// What the checks of a program cannot see: this node lacks a file that the policy includes.
		const bad = { ...web(`include <abstractions/e2e-of-this-site>\n  ${fromSecrets}`), readyTimeoutSeconds: 200 };
		const claims = { ...distribution("others", [["e2e-web", "/** r,"]]), readyTimeoutSeconds: 200 };
		[refused, rival] = await Promise.all([
			stack.error(stack.up({ distributions: [bad] })),
			rivalStack.error(rivalStack.up({ distributions: [claims] })),
		]);
	});
	afterAll(async () => {
		await rivalStack?.destroy();
		rivalStack?.remove();
	});

	it("a policy that the node's parser refuses: the old one stays, and `up` names node, profile and line", async () => {
		const printed = `${refused.stdout}${refused.stderr}`;
		const node = eye.node.name;
		expect(printed).toContain(
			`node ${node}: 1 of 1 profiles are not as declared: apparmor_parser refuses the policy of e2e-web; what the node had`,
		);
		expect(printed).toMatch(/refuses the policy of e2e-web[^\n]*line 5[^\n]*e2e-of-this-site/);
		expect(refused.message).toContain("not every node has every profile as declared");
		expect(await eye.loaded()).toEqual(["e2e-web (enforce)"]);
		expect(await eye.mayRead("e2e-web", "/etc/shadow")).toBe(false);
		expect(await eye.mayRead("e2e-web", "/etc/passwd")).toBe(true);
	});

	it("a profile that another stack has on the node: refused, with both owners' names, and untouched", async () => {
		expect(`${rival.stdout}${rival.stderr}`).toContain(
			"the profile e2e-web is declared by organization/distributions/test/profiles; organization/distributions/rival/others cannot have it on the same node",
		);
		expect(await eye.mayRead("e2e-web", "/etc/shadow")).toBe(false);
	});
});

it("100 profiles, more than 1 MiB of policy, and a loader that is killed while it loads them", async () => {
	const { file, bytes } = writeManyTemplate(folder);
	expect(bytes * manyCount).toBeGreaterThan(1_048_576);
	const wanted = web(fromSecrets);
	const many = Array.from({ length: manyCount }, (_, index) => ({
		name: `e2e-many-${index}`,
		template: file,
		mode: "enforce" as const,
	}));
	const [atDeath] = await Promise.all([
		eye.killLoaderOnceLoaded("e2e-many-"),
		stack.up({ distributions: [{ ...wanted, profiles: [...wanted.profiles, ...many] }] }),
	]);
	expect(atDeath).toBeGreaterThan(0);
	expect(atDeath).toBeLessThan(manyCount);
	expect(await eye.loaded()).toHaveLength(manyCount + 1);
	expect((await eye.policyConfigMaps()).length).toBeGreaterThan(1);
	const [loader, ...others] = await eye.loaders();
	expect(others).toEqual([]);
	expect(loader?.restarts).toBeGreaterThan(0);
}, 600_000);

it("after a reboot of the node, its profiles are back and its pod runs confined again", async () => {
	await eye.node.reboot();
	await cluster.waitForNode(eye.node);
	await expect.poll(() => eye.restarts("web"), { timeout: 240_000, interval: 1000 }).toBeGreaterThan(0);
	await eye.running("web");
	expect(await eye.confinement("web")).toBe("e2e-web (enforce)");
	await expect.poll(async () => (await eye.loaded()).length, { timeout: 120_000, interval: 1000 }).toBe(manyCount + 1);
}, 600_000);

it("destroyed while a pod uses its profile: the objects go, the pod stays confined, and can be stopped", async () => {
	await stack.destroy();
	expect(await eye.loaders()).toEqual([]);
	expect(await eye.policyConfigMaps()).toEqual([]);
	expect(await eye.confinement("web")).toBe("e2e-web (enforce)");
	expect(await eye.read("web", "/etc/shadow")).toContain("Permission denied");
	await cluster.kubectl("delete", "pod", "web", "--timeout=60s");
});
