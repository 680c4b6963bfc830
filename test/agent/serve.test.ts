import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { policy, prepare, shells } from "./host";
import { Node, owner } from "./node";

beforeAll(prepare);

describe.each(shells)("serve under %s", (shell) => {
	let node: Node;
	beforeEach(() => {
		node = new Node(shell);
	});
	afterEach(() => node.destroy());

	test("loads what is declared, tells so, and ends at once when asked", async () => {
		node.declare(
			{ name: "api", mode: "enforce" },
			{ name: "off", mode: "disabled", text: policy("off", "enforce") },
			{ name: "web+1", mode: "complain", gzip: true },
		);
		const loader = node.serve();
		await loader.ready();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		expect(node.loaded("web+1")).toEqual(["web+1 (complain)"]);
		expect(node.loaded("off")).toEqual([]);
		expect(node.loadedPolicy("web+1")).toBe(policy("web+1", "complain"));
		const fine = { policyHash: "abc123", ok: true, error: null };
		expect(node.report()).toEqual({
			node: "node-1",
			owner,
			state: "loaded",
			message: "3 profiles are as declared",
			retired: [],
			profiles: [
				{ name: "api", declaredMode: "enforce", mode: "enforce", ...fine },
				{ name: "off", declaredMode: "disabled", mode: null, ...fine },
				{ name: "web+1", declaredMode: "complain", mode: "complain", ...fine },
			],
		});
		expect(await node.run(["ready"])).toMatchObject({ status: 0, stdout: "loaded: 3 profiles are as declared" });
		const { status, milliseconds } = await loader.stop();
		expect(status).toBe(0);
		expect(milliseconds).toBeLessThan(10_000);
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		// Nothing of policy stays on the node but what the kernel has.
		expect(fs.readdirSync(node.path("var/lib/pulumi-apparmor/loader")).sort()).toEqual(["claims", "owners"]);
		expect(node.read("dev/termination-log")).toBe("");
	});

	test("many profiles take two calls of the parser; a restart none; a change only what changed", async () => {
		const many = Array.from({ length: 40 }, (_, index) => ({ name: `p${index}`, mode: "enforce" }));
		node.declare(...many);
		let loader = node.serve();
		await loader.ready();
		expect(node.calls().map((call) => call.split(" ").slice(0, 4).join(" "))).toEqual([
			"-q -Q -K -N",
			"-q -r -K --jobs=2",
		]);
		await loader.stop();

		loader = node.serve();
		await loader.ready();
		expect(node.calls()).toEqual([]);
		await loader.stop();

		node.declare(...many.slice(1), { name: "p0", mode: "complain" });
		loader = node.serve();
		await loader.ready();
		const calls = node.calls();
		expect(calls).toHaveLength(2);
		for (const call of calls) expect(call).toMatch(/=\d \S* ?\S*\/p0\.profile$/);
		expect(node.loaded("p0")).toEqual(["p0 (complain)"]);
	});

	test("puts back what others unload or replace, and says so", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/declared r," });
		const loader = node.serve();
		await loader.ready();
		const declared = policy("api", "enforce", "/declared r,");

		await node.unloadByHand("api");
		await node.until(() => node.loadedPolicy("api") === declared, loader.words);
		await node.until(() => loader.words().includes("api was unloaded: it is loaded again"), loader.words);

		await node.loadByHand(policy("api", "enforce", "/** rwx,"));
		await node.until(() => node.loadedPolicy("api") === declared, loader.words);
		const told = "api was replaced by other policy (in enforce mode): it is put back";
		await node.until(() => loader.words().includes(told), loader.words);

		await node.loadByHand(policy("api", "complain", "/declared r,"));
		await node.until(() => node.loaded("api")[0] === "api (enforce)", loader.words);
	});

	test.each([
		{ by: "unloading it", changed: "unload api", told: "api was unloaded: it is loaded again" },
		{
			by: "other policy",
			changed: "apparmor_parser -r by-hand",
			told: "api was replaced by other policy (in complain mode): it is put back",
		},
	])(
		"knows what others have done to a profile by $by, even between two looks of one pass",
		async ({ changed, told }) => {
			node.declare({ name: "api", mode: "enforce", body: "/declared r," }, { name: "web", mode: "enforce" });
			node.write("by-hand", policy("api", "complain", "/** r,"));
			// Sorts what the survey has found: by then the kernel has been looked at.
			node.write(
				"programs/sort",
				`#!/bin/sh\n/usr/bin/sort "$@"\nmv '${node.path("now")}' '${node.path("done")}' 2>/dev/null || exit 0\n` +
					`unset FAKE_CALLS\ncd '${node.root}' && '${__dirname}/fake/'${changed}\n`,
			);
			fs.chmodSync(node.path("programs/sort"), 0o755);
			const loader = node.serve({ PATH: `${node.path("programs")}:${process.env.PATH}` });
			await loader.ready();

			node.write("now", "");
			await node.unloadByHand("web");
			await node.until(() => loader.words().includes(told), loader.words);
			await node.until(() => node.loadedPolicy("api") === policy("api", "enforce", "/declared r,"), loader.words);
			expect(node.read("done")).toBe("");
		},
	);

	test("tries once more what it cannot put back, then ends, and its last words say why", async () => {
		node.declare({ name: "api", mode: "enforce" }, { name: "web", mode: "enforce" });
		const loader = node.serve();
		await loader.ready();
		node.declare({ name: "api", mode: "enforce", body: "/x r, # LOAD FAILS" }, { name: "web", mode: "enforce" });
		await node.unloadByHand("api");
		await node.until(() => node.report().state === "failed", loader.words);
		expect(node.read("dev/termination-log")).toBe("");
		let ended: number | undefined;
		const end = loader.ended().then(({ status }) => {
			ended = status;
		});
		for (let seconds = 1010; ended === undefined; seconds += 10) {
			node.write("proc/uptime", `${seconds}.00 900.00\n`);
			await node.loadByHand(policy("foreign", "complain", ""));
		}
		await end;
		expect(ended).toBe(1);
		expect(node.read("dev/termination-log")).toContain(
			"node node-1: 1 of 2 profiles are not as declared: the policy of api could not be loaded",
		);

		node.declare({ name: "api", mode: "enforce" }, { name: "web", mode: "enforce" });
		await node.serve().ready();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test("puts back what others load right after it has loaded, before it can look", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/declared r," });
		const loader = node.serve();
		await loader.ready();
		node.write("kernel/slip", policy("api", "enforce", "/** rwx,"));
		await node.unloadByHand("api");
		await node.until(() => node.read("kernel/slip") === undefined, loader.words);
		const declared = policy("api", "enforce", "/declared r,");
		await node.until(() => node.loadedPolicy("api") === declared, loader.words);
	});

	test("takes the same policy's other hashes for its own once it has seen them twice", async () => {
		node.declare({ name: "api", mode: "enforce" });
		const loader = node.serve();
		await loader.ready();
		await loader.stop();
		// As after an upgrade of the parser.
		const claim = "var/lib/pulumi-apparmor/loader/claims/api";
		node.write(claim, (node.read(claim) ?? "").replace(/^kernel=.*$/m, "kernel= api=older"));
		node.calls();
		const again = node.serve();
		await again.ready();
		await node.until(() => /^kernel= api=(?!older)/m.test(node.read(claim) ?? ""), again.words);
		await sleep(500);
		expect(node.calls()).toHaveLength(4);
	});

	test("leaves alone what others have loaded", async () => {
		node.declare({ name: "other", mode: "enforce" }, { name: "api", mode: "enforce" });
		const before = node.loaded("other");
		const { status, stderr } = await node.serve().ended();
		expect(status).toBe(1);
		const words = "there is already a profile other, loaded in enforce mode, that pulumi-apparmor did not load";
		expect(stderr).toContain(`apparmor-agent: node node-1: ${words}: remove it, or choose another name\n`);
		expect(node.loaded("other")).toEqual(before);
		expect(node.loadedPolicy("other")).toBeUndefined();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		expect(node.claims()).toEqual(["api"]);
	});

	test("a policy that the parser refuses: the old one stays, the others are loaded, and the pod's last words say why", async () => {
		const six = ["a", "b", "c", "d", "e", "f"].map((name) => ({ name, mode: "enforce" }));
		node.declare({ name: "bad", mode: "enforce", body: "/old r," });
		const first = node.serve();
		await first.ready();
		await first.stop();

		node.declare(...six.slice(0, 4), { name: "bad", mode: "enforce", body: "/x r,\nSYNTAX ERROR" }, ...six.slice(4));
		const { status } = await node.serve().ended();
		expect(status).toBe(1);
		expect(node.read("dev/termination-log")).toBe(
			"node node-1: 1 of 7 profiles are not as declared: apparmor_parser refuses the policy of bad; " +
				"what the node had of it stays: line 3: syntax error, unexpected TOK_ID " +
				'(line 3 of the rendered policy: "  SYNTAX ERROR")\n',
		);
		expect(node.loadedPolicy("bad")).toBe(policy("bad", "enforce", "/old r,"));
		for (const { name } of six) expect(node.loaded(name)).toEqual([`${name} (enforce)`]);
		const ready = await node.run(["ready"]);
		expect(ready.status).toBe(1);
		expect(ready.stdout).toContain("line 3: syntax error");
		expect(node.report()).toMatchObject({ state: "failed" });
		expect(node.report().profiles.filter((profile: { ok: boolean }) => !profile.ok)).toMatchObject([
			{ name: "bad", mode: "enforce", ok: false },
		]);

		node.declare(...six, { name: "bad", mode: "enforce", body: "/new r," });
		const mended = node.serve();
		await mended.ready();
		expect(node.loadedPolicy("bad")).toBe(policy("bad", "enforce", "/new r,"));
	});

	test.each([
		[
			"the kernel refuses",
			"/x r, # LOAD FAILS",
			/ not as declared: the policy of bad could not be loaded.* Profile doesn't conform/,
		],
		[
			"comes in another mode",
			"/x r, # KERNEL SAYS complain",
			/ not as declared: the kernel has bad in complain mode after loading, not in enforce/,
		],
	])("a policy that %s is told", async (_, body, words) => {
		node.declare({ name: "good", mode: "enforce" }, { name: "bad", mode: "enforce", body });
		expect((await node.serve().ended()).status).toBe(1);
		expect(node.read("dev/termination-log")).toMatch(words);
		expect(node.loaded("good")).toEqual(["good (enforce)"]);
	});

	test("a policy may declare its own profile only", async () => {
		node.declare(
			{ name: "a", mode: "enforce" },
			{ name: "bad", mode: "enforce", text: policy("bad", "enforce") + policy("docker-default", "unconfined") },
		);
		expect((await node.serve().ended()).status).toBe(1);
		expect(node.read("dev/termination-log")).toContain(
			"the policy of bad must declare the profile bad and no other; it declares: bad docker-default",
		);
		expect(node.loaded("docker-default")).toEqual([]);
		expect(node.claims()).toEqual(["a"]);
	});

	test("a child that the new policy has no more is unloaded", async () => {
		node.declare({ name: "api", mode: "enforce", text: policy("api", "enforce", "/a r,", "kid", "kept") });
		const first = node.serve();
		await first.ready();
		await first.stop();
		node.declare({ name: "api", mode: "enforce", text: policy("api", "enforce", "/b r,", "kept") });
		await node.serve().ready();
		expect(node.loaded("api")).toEqual(["api (enforce)", "api//kept (enforce)"]);
	});

	test("after a reboot all is loaded anew", async () => {
		node.declare({ name: "api", mode: "enforce" });
		const first = node.serve();
		await first.ready();
		await first.kill();
		node.write("proc/sys/kernel/random/boot_id", "second-boot\n");
		await node.unloadByHand("api");
		fs.rmSync(node.path("run"), { recursive: true });
		const second = node.serve();
		await second.ready();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		expect(second.words()).not.toContain("was unloaded");
	});

	test("a node without AppArmor is ready, and says what it is", async () => {
		node.declare({ name: "api", mode: "enforce" });
		fs.rmSync(node.path("sys/module"), { recursive: true });
		const loader = node.serve();
		await loader.ready();
		expect(node.report()).toEqual({
			node: "node-1",
			owner,
			state: "unsupported",
			message: "AppArmor is absent from this kernel: boot one that is built with CONFIG_SECURITY_APPARMOR",
			retired: [],
			profiles: [],
		});
		expect(await loader.stop()).toMatchObject({ status: 0 });
	});

	test("does not spin where the kernel's policy cannot be waited for", async () => {
		fs.rmSync(node.path("kernel/apparmor/revision"));
		node.write("kernel/apparmor/revision", "");
		node.declare({ name: "api", mode: "enforce" });
		const loader = node.serve();
		await loader.ready();
		const written = () => fs.statSync(node.path("run/pulumi-apparmor/status.json"), { bigint: true }).mtimeNs;
		const first = written();
		await sleep(2000);
		expect(written()).toBe(first);
	});

	/** A folder for node-feature-discovery, as the loader is told of it. */
	function featuresFolder() {
		node.folder("features");
		return { AGENT_FEATURES_DIR: node.path("features") };
	}

	const featureFile = () => `features/pulumi-apparmor-${node.ownerKey()}`;

	test("tells node-feature-discovery which profiles are loaded", async () => {
		const features = featuresFolder();
		node.declare(
			{ name: "api", mode: "enforce" },
			{ name: "off", mode: "disabled", text: policy("off", "enforce") },
			{ name: "no+label", mode: "complain" },
			{ name: "web", mode: "complain" },
		);
		const loader = node.serve(features);
		await loader.ready();
		expect(fs.readdirSync(node.path("features"))).toEqual([`pulumi-apparmor-${node.ownerKey()}`]);
		expect(node.read(featureFile())).toBe(
			"# boot first-boot\nfeature.node.kubernetes.io/apparmor-profile.api=enforce\nfeature.node.kubernetes.io/apparmor-profile.web=complain\n",
		);
	});

	test("does not leave node-feature-discovery what is true no more: at its end, and after a boot", async () => {
		const features = featuresFolder();
		node.declare({ name: "api", mode: "enforce" });
		const loader = node.serve(features);
		await loader.ready();
		const written = node.read(featureFile()) ?? "";
		await loader.stop();
		expect(node.read(featureFile())).toBeUndefined();

		fs.rmSync(node.path("sys/module"), { recursive: true });
		node.write(featureFile(), written.replace("first-boot", "an-earlier-boot"));
		await node.serve(features).ready();
		expect(node.read(featureFile())).toBeUndefined();
	});

	test("leaves node-feature-discovery what a successor has written", async () => {
		const features = featuresFolder();
		node.declare({ name: "api", mode: "enforce" });
		const old = node.serve(features);
		await old.ready();
		const next = node.serve({ ...node.secondPod({ name: "api", mode: "complain" }), ...features });
		await next.ready();
		await old.stop();
		expect(node.read(featureFile())).toBe(
			"# boot first-boot\nfeature.node.kubernetes.io/apparmor-profile.api=complain\n",
		);
	});

	test("uses the node's own parser where the node's files are mounted", async () => {
		node.declare({ name: "api", mode: "enforce" });
		const loader = node.serve({
			AGENT_NODE_ROOT: node.path("host"),
			PATH: `${__dirname}/fake:${process.env.PATH}`,
		});
		await loader.ready();
		expect(new Set(node.read("chroots")?.trim().split("\n"))).toEqual(new Set([node.path("host")]));
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test.each([
		["api\tenforce\tabc\n", "line 1:\n  it is not NAME, MODE, HASH and FILE with a tab between"],
		["api\tenforced\tabc\tapi.profile\n", 'line 1:\n  "enforced" is not a mode'],
		["api\tenforce\txyz\tapi.profile\n", 'line 1:\n  the hash "xyz" is not hexadecimal'],
		["api\tenforce\tabc\tapi.profile\n../x\tenforce\tabc\tapi.profile\n", 'line 2:\n  NAME "../x"'],
		["api\tenforce\tabc\t../declared\n", '"../declared" is not the name of a file'],
		["api\tenforce\tabc\tnone\n", "there is no file "],
		["api\tenforce\tabc\tapi.profile\napi\tkill\tabc\tapi.profile\n", "names a profile twice: api"],
	])("%j is refused before anything is loaded", async (declared, words) => {
		node.declare({ name: "api", mode: "enforce" });
		node.write("declared/declared", declared);
		const { status, stderr } = await node.serve().ended();
		expect(status).toBe(1);
		expect(stderr).toContain(words);
		expect(node.read("dev/termination-log")).toContain(words);
		expect(node.calls()).toEqual([]);
	});
});
