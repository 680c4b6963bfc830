import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";
import { useSandboxKubectl } from "../cli/sandbox-kubectl";
import { type DistributionStack, operations } from "../engine/distribution-stack";
import { loaderLog, loaderOn, nodeFilesOf } from "./cluster-loaders";
import { podRights, processRights, promisedToPod, promisedToProcess } from "./cluster-rights";
import { kubeStatus } from "./cluster-status";
import { features, fromMore, fromSecrets, TwoGroups } from "./cluster-two-groups";
import { watchProfile, watchSuccession } from "./cluster-watch";
import { confinement, loaded, mayRead } from "./confinement";

/**
 * How changes go over two nodes, from `pulumi up` to their kernels. Each step goes on from where the one before has left
 * the cluster. For one node and what goes wrong on it, see cluster.test.ts.
 */
let groups: TwoGroups;
let cluster: SandboxCluster;
let stack: DistributionStack;
let first: SandboxHost;
let second: SandboxHost;
let forgetKubectl: (() => void) | undefined;

beforeAll(async () => {
	forgetKubectl = await useSandboxKubectl();
	groups = await TwoGroups.start();
	({ cluster, stack, first, second } = groups);
});
afterAll(async () => {
	forgetKubectl?.();
	await groups?.stop();
});

const statusOf = (distribution: string) => kubeStatus(cluster, "--distribution", distribution);

/** The node's folders that a loader may write to, of those that its pod mounts. */
const writable = [
	...["/var/lib/pulumi-apparmor", "/sys/kernel/security"],
	"/etc/kubernetes/node-feature-discovery/features.d",
];

it("loads each profile where it is declared, and `status --kube` says so with exit code 0", async () => {
	await stack.up(groups.wanted(fromSecrets, { "e2e-web": fromSecrets, "e2e-gone": "" }));
	const { localhostProfiles, policyHashes } = await groups.outputs("addressed");
	const shopProfile = `e2e-shop-${policyHashes["e2e-shop"]?.slice(0, 8)}`;
	expect(localhostProfiles).toEqual({ "e2e-shop": shopProfile });
	expect(await loaded(first)).toEqual(["e2e-gone (enforce)", `${shopProfile} (enforce)`, "e2e-web (enforce)"]);
	expect(await loaded(second)).toEqual(["e2e-web (complain)"]);

	const hashes = (await groups.outputs("others")).policyHashes;
	expect((await groups.outputs("canary")).policyHashes).toEqual({ "e2e-web": hashes["e2e-web"] });
	const declared = { namespace: "kube-system", ready: true, state: "declared", message: null };
	const row = (of: string, node: SandboxHost, profile: string, mode: string, policyHash: string | undefined) => ({
		...{ ...declared, distribution: of, node: node.name, profile, declaredMode: mode, mode, policyHash },
	});
	expect(await kubeStatus(cluster)).toEqual({
		code: 0,
		rows: [
			row("addressed", first, shopProfile, "enforce", policyHashes["e2e-shop"]),
			row("canary", second, "e2e-web", "complain", hashes["e2e-web"]),
			row("others", first, "e2e-gone", "enforce", hashes["e2e-gone"]),
			row("others", first, "e2e-web", "enforce", hashes["e2e-web"]),
		],
	});
}, 600_000);

it("runs the loader with what the node's own parser needs, and no more", async () => {
	expect(await processRights(first, "others")).toEqual(promisedToProcess("SYS_CHROOT", "MAC_ADMIN"));
	const loader = await loaderOn(cluster, first, "others");
	expect(podRights(loader)).toEqual({
		...promisedToPod("MAC_ADMIN", "SYS_CHROOT"),
		readable: ["/proc", "/usr", "/lib", "/lib64", "/sbin", "/etc/apparmor", "/etc/apparmor.d"],
		writable,
	});
	const folders = ["etc", "etc/apparmor", "etc/apparmor.d", "lib", "lib64", "proc", "sbin", "sys", "usr", "var"];
	expect(await nodeFilesOf(cluster, loader)).toEqual(
		[...folders, "var/lib/pulumi-apparmor"].map((name) => `/host/${name}`),
	);
});

it("tells node-feature-discovery what is loaded on each node", async () => {
	const line = (profile: string) =>
		expect.stringMatching(
			new RegExp(`^pulumi-apparmor-[0-9a-f]{12}:feature\\.node\\.kubernetes\\.io/apparmor-profile\\.${profile}$`),
		);
	expect(await features(first)).toEqual([line("e2e-gone=enforce"), line("e2e-web=enforce")]);
	expect(await features(second)).toEqual([line("e2e-web=complain")]);
});

describe("while a node passes from one group to the other", () => {
	let passing: Awaited<ReturnType<typeof watchProfile>>;

	beforeAll(async () => {
		passing = await watchProfile(second, "e2e-web");
		await cluster.kubectl("label", "node", second.name, "ring-");
	});

	it("brings a changed policy as a new profile, to new pods only, and unloads the old one after its last process", async () => {
		const before = (await groups.outputs("addressed")).localhostProfiles["e2e-shop"] as string;
		expect(await confinement(cluster, (await groups.shopPods()).current)).toBe(`${before} (enforce)`);

		const changed = await stack.up(groups.wanted(fromMore, { "e2e-web": fromSecrets, "e2e-gone": "" }));
		expect(operations(changed)).toEqual([
			"create-replacement addressed-policies-0",
			"delete-replaced addressed-policies-0",
			"replace addressed-policies-0",
			"update addressed-loader",
			"update shop",
		]);
		await cluster.kubectl("rollout", "status", "deployment/shop", "--timeout=240s");
		const { localhostProfiles, policyHashes } = await groups.outputs("addressed");
		const after = localhostProfiles["e2e-shop"] as string;
		expect(after).toBe(`e2e-shop-${policyHashes["e2e-shop"]?.slice(0, 8)}`);
		expect(after).not.toBe(before);
		const { current, ending } = await groups.shopPods();
		expect([await confinement(cluster, ending), await confinement(cluster, current)]).toEqual([
			`${before} (enforce)`,
			`${after} (enforce)`,
		]);
		expect([await mayRead(first, before, "/etc/gshadow"), await mayRead(first, after, "/etc/gshadow")]).toEqual([
			true,
			false,
		]);
		const { code, rows } = await statusOf("addressed");
		expect(code).toBe(0);
		const seen = rows.map(({ profile, state, policyHash }) => [profile, state, policyHash]);
		expect(seen).toHaveLength(2);
		expect(seen).toContainEqual([after, "declared", policyHashes["e2e-shop"]]);
		expect(seen).toContainEqual([before, "retired", null]);

		await groups.endShop(ending);
		await expect.poll(() => loaded(first), { timeout: 120_000, interval: 500 }).not.toContain(`${before} (enforce)`);
		await expect
			.poll(async () => (await statusOf("addressed")).rows.map(({ profile }) => profile), {
				timeout: 30_000,
				interval: 500,
			})
			.toEqual([after]);
		expect(await confinement(cluster, current)).toBe(`${after} (enforce)`);
	}, 600_000);

	it("takes over the node that has passed, and at no moment it is without the profile", async () => {
		await expect
			.poll(() => loaded(second), { timeout: 240_000, interval: 2000 })
			.toEqual(["e2e-gone (enforce)", "e2e-web (enforce)"]);
		const seen = await passing.end();
		expect(seen).toMatchObject({ missing: 0, modes: [{ mode: "complain" }, { mode: "enforce" }] });
		expect(seen.modes[0]?.seconds).toBeGreaterThan(60);
		expect(await mayRead(second, "e2e-web", "/etc/shadow")).toBe(false);
		await expect.poll(() => statusOf("others"), { timeout: 120_000, interval: 1000 }).toMatchObject({ code: 0 });
		expect(await features(second)).toHaveLength(2);
	});
});

it("replaces the loaders beside the old ones: none is missing, no profile is, and they do not fight", async () => {
	const old = await Promise.all([first, second].map((node) => loaderOn(cluster, node, "others")));
	const oldLogs = old.map((pod) => loaderLog(cluster, pod, { follow: true }));
	const [kernel, succession] = [await watchProfile(first, "e2e-web"), await watchSuccession(cluster, "others")];
	const changed = await stack.up(
		groups.wanted(fromMore, { "e2e-web": fromMore }, { parser: "image", image: "sandbox/loader" }),
	);
	expect(operations(changed)).toEqual([
		"create-replacement others-policies-0",
		"delete-replaced others-policies-0",
		"replace others-policies-0",
		"update others-loader",
	]);
	const seen = await kernel.end();
	expect(seen).toMatchObject({ missing: 0, modes: [{ mode: "enforce" }] });
	expect(seen.looks).toBeGreaterThan(50);
	expect(await succession.end()).toEqual(
		expect.arrayContaining(
			old.map(({ metadata }) => expect.objectContaining({ deleted: metadata.name, successorReady: true })),
		),
	);
	const newLogs = await Promise.all(
		[first, second].map(async (node) => loaderLog(cluster, await loaderOn(cluster, node, "others"))),
	);
	await expect.poll(() => loaded(first), { timeout: 60_000, interval: 500 }).not.toContain("e2e-gone (enforce)");
	for (const log of newLogs) expect(log).toContain("e2e-web is loaded in enforce mode");
	for (const log of [...newLogs, ...(await Promise.all(oldLogs))])
		expect(log).not.toMatch(/put back|loaded again|keeps changing|goes on/);
}, 600_000);

it("runs the loader with what a parser of its own needs, and no more", async () => {
	expect(await processRights(first, "others")).toEqual(promisedToProcess("MAC_ADMIN"));
	const loader = await loaderOn(cluster, first, "others");
	expect(podRights(loader)).toEqual({ ...promisedToPod("MAC_ADMIN"), readable: ["/proc"], writable });
	expect(await nodeFilesOf(cluster, loader)).toEqual(["/host/proc"]);
	expect(await features(first)).toEqual([expect.stringContaining("/apparmor-profile.e2e-web=enforce")]);
	expect(await mayRead(first, "e2e-web", "/etc/gshadow")).toBe(false);
});

it("fails where a node refuses a policy, while one without AppArmor holds up nothing, and the next `up` mends it", async () => {
	await second.reboot(["apparmor=0"]);
	await cluster.waitForNode(second);
	const parser = { parser: "image" as const, image: "sandbox/loader" };
	const lacking = { "e2e-web": "include <abstractions/e2e-of-this-site>" };
	await stack.error(stack.up(groups.wanted(fromMore, lacking, { ...parser, readyTimeoutSeconds: 20 })));
	const refused = { node: first.name, profile: null, message: expect.stringContaining("e2e-of-this-site") };
	const unsupported = { node: second.name, profile: null, state: "unsupported", ready: true };
	await expect
		.poll(() => statusOf("others"), { timeout: 120_000, interval: 1000 })
		.toEqual({
			code: 1,
			rows: [
				expect.objectContaining({ ...refused, state: "off" }),
				expect.objectContaining({ node: first.name, profile: "e2e-web", state: "declared", mode: "enforce" }),
				expect.objectContaining(unsupported),
			],
		});
	expect(await mayRead(first, "e2e-web", "/etc/gshadow")).toBe(false);

	await stack.up(groups.wanted(fromMore, { "e2e-web": fromSecrets }, parser));
	const { policyHashes } = await groups.outputs("others");
	const mended = await statusOf("others");
	expect(mended.code).toBe(0);
	expect(mended.rows).toEqual([
		expect.objectContaining({
			node: first.name,
			profile: "e2e-web",
			state: "declared",
			policyHash: policyHashes["e2e-web"],
		}),
		expect.objectContaining({
			...unsupported,
			message:
				"AppArmor is disabled by a boot parameter: boot with apparmor=1 security=apparmor, or name apparmor in lsm=",
		}),
	]);
	expect([await mayRead(first, "e2e-web", "/etc/gshadow"), await mayRead(first, "e2e-web", "/etc/shadow")]).toEqual([
		true,
		false,
	]);
	expect(await features(second)).toEqual([]);
}, 600_000);
