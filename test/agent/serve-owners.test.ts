import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { policy, prepare, shells } from "./host";
import { Node, owner } from "./node";

beforeAll(prepare);

const api = { name: "api", mode: "enforce" };
const web = { name: "web", mode: "enforce" };
const other = { AGENT_OWNER: "org/shop/production/profiles" };

/** Loads what is declared, and ends the loader as a rolling update or a destroy would. */
async function loadOnce(node: Node, env: Record<string, string> = {}): Promise<void> {
	const loader = node.serve(env);
	await loader.ready();
	await loader.stop();
}

describe.each(shells)("whose a profile on a node is, under %s", (shell) => {
	let node: Node;
	beforeEach(() => {
		node = new Node(shell);
	});
	afterEach(() => node.destroy());
	const once = (env?: Record<string, string>) => loadOnce(node, env);

	async function refused(env: Record<string, string>): Promise<string | undefined> {
		expect((await node.serve(env).ended()).status).toBe(1);
		return node.read("dev/termination-log");
	}

	test("two owners cannot have the same profile; the second is told of the first, and the first keeps it", async () => {
		node.declare({ ...api, body: "/first r," });
		await once();
		node.declare({ ...api, body: "/second r," }, web);
		expect(await refused(other)).toContain(
			`the profile api is declared by ${owner}; ${other.AGENT_OWNER} cannot have it on the same node: choose another name, or other nodes`,
		);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/first r,"));
		expect(node.loaded("web")).toEqual(["web (enforce)"]);
	});

	test("an owner whose loader has been gone for a minute gives way", async () => {
		node.declare({ ...api, body: "/first r," });
		await once();
		node.declare({ ...api, body: "/second r," });
		node.write("proc/uptime", "1059.99 900.00\n");
		await refused(other);
		node.write("proc/uptime", "1060.00 900.00\n");
		await once(other);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/second r,"));
		// Back again, the first one is refused in turn.
		expect(await refused({})).toContain(`is declared by ${other.AGENT_OWNER}`);
	});

	test("an owner whose loader failed gives way once that is not started again", async () => {
		node.declare(api, { ...web, body: "SYNTAX ERROR" });
		expect((await node.serve().ended()).status).toBe(1);
		node.declare(api);
		node.write("proc/uptime", "1369.00 900.00\n");
		expect(await refused(other)).toContain(`is declared by ${owner}`);
		node.write("proc/uptime", "1370.00 900.00\n");
		await once(other);
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test("an owner whose loader was killed is not gone", async () => {
		node.declare(api);
		const loader = node.serve();
		await loader.ready();
		await loader.kill();
		node.write("proc/uptime", "90000.00 900.00\n");
		expect(await refused(other)).toContain(`is declared by ${owner}`);
	});

	test("what an owner declared before the node's reboot binds nobody", async () => {
		node.declare(api);
		const loader = node.serve();
		await loader.ready();
		await loader.kill();
		node.write("proc/sys/kernel/random/boot_id", "second-boot\n");
		await node.unloadByHand("api");
		await once(other);
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test("a profile that AppArmorProfile declares on the same machine is not the loader's", async () => {
		const applied = await node.apply("api", "disabled", policy("api", "enforce"));
		expect(applied).toMatchObject({ status: 0 });
		node.declare(api);
		expect(await refused({})).toContain("the profile api is declared on this host by org/app/dev, too");
		expect(node.loaded("api")).toEqual([]);
	});

	test("a claim that was cut off while it was written is anybody's who declares the profile", async () => {
		node.declare(api);
		await once();
		node.write("var/lib/pulumi-apparmor/loader/claims/api", "");
		node.declare({ ...api, body: "/second r," });
		await once(other);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/second r,"));
	});

	test("a profile that others load is theirs, though one whose loader is gone had declared it disabled", async () => {
		node.declare({ ...api, mode: "disabled" });
		await once();
		node.write("proc/uptime", "2000.00 900.00\n");
		const theirs = policy("api", "enforce", "/theirs r,");
		await node.loadByHand(theirs);
		node.declare(api);
		for (const env of [other, {}])
			expect(await refused(env)).toContain("there is already a profile api, loaded in enforce mode");
		node.write("proc/uptime", "3000.00 900.00\n");
		node.nodeProcess(7, "unconfined");
		node.declare(web);
		const loader = node.serve({ ...other, AGENT_UNUSED_SECONDS: "0" }, "new");
		await loader.ready();
		expect(loader.words()).toContain("api is no longer declared; others have put policy of their own in its place");
		expect(node.loadedPolicy("api")).toBe(theirs);
		expect(node.claims()).toEqual(["web"]);
	});

	test("a profile whose claim was cut off stays its owner's, though the next policy of it is refused", async () => {
		node.declare(api);
		await once();
		node.write("var/lib/pulumi-apparmor/loader/claims/api", "");
		node.declare({ ...api, body: "SYNTAX ERROR" });
		expect(await refused({})).toContain("refuses the policy of api");
		node.declare({ ...api, body: "/second r," });
		await once();
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/second r,"));
	});

	test("a profile that others load is theirs, though it was declared here while the node had no parser", async () => {
		node.declare(api);
		expect(await refused({ AGENT_PARSER: node.path("none") })).toContain("apparmor_parser");
		await node.loadByHand(policy("api", "enforce", "/theirs r,"));
		expect(await refused({})).toContain("there is already a profile api, loaded in enforce mode");
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/theirs r,"));
		expect(node.claims()).toEqual([]);
	});

	test("a claim that cannot be written is told as that", async () => {
		node.declare(api);
		node.folder("var/lib/pulumi-apparmor/loader/claims/api");
		expect(await refused({})).toMatch(/cannot write to .*\/claims of the node.*: is its disk full, or read-only\?/);
	});

	test("a claim that is read while its owner writes it is not taken for one that was cut off", async () => {
		node.declare({ ...api, body: "/first r," });
		await once();
		const claim = node.path("var/lib/pulumi-apparmor/loader/claims/api");
		const text = fs.readFileSync(claim);
		fs.writeFileSync(claim, "");
		node.declare({ ...api, body: "/second r," });
		const loader = node.serve(other);
		const findPause = ["-P", String(loader.pid), "-f", "sleep 1$"];
		let sleeper = 0;
		await node.until(() => {
			sleeper = Number(spawnSync("pgrep", findPause).stdout);
			return sleeper > 0;
		}, loader.words);
		process.kill(sleeper, "SIGSTOP");
		fs.writeFileSync(claim, text);
		process.kill(sleeper, "SIGCONT");
		expect((await loader.ended()).status).toBe(1);
		expect(node.read("dev/termination-log")).toContain(`is declared by ${owner}`);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/first r,"));
	});
});

describe.each(shells)("what is no longer declared, under %s", (shell) => {
	let node: Node;
	beforeEach(async () => {
		node = new Node(shell);
		node.declare(api, web);
		const loader = node.serve();
		await loader.ready();
		await loader.stop();
		node.declare(web);
	});
	afterEach(() => node.destroy());
	const once = (env?: Record<string, string>) => loadOnce(node, env);

	const upTo = (seconds: number) => node.write("proc/uptime", `${seconds}.00 900.00\n`);

	test.each([
		["under it", "api (enforce)"],
		["under a child of it", "api//kid (enforce)"],
		["under a stack with it", "web//&api (enforce)"],
	])("stays while a process runs %s, and goes when that has been gone long enough", async (_, label) => {
		node.nodeProcess(7, "unconfined");
		node.nodeProcess(8, label);
		const loader = node.serve();
		await loader.ready();
		expect(node.report()).toMatchObject({ state: "loaded", retired: ["api"] });
		upTo(2000);
		await new Promise((resolve) => setTimeout(resolve, 2500));
		expect(node.loaded("api")).toEqual(["api (enforce)"]);

		node.nodeProcess(8, "api2 (enforce)");
		// The first look without a process starts the time; it is over a second later.
		const claim = () => node.read("var/lib/pulumi-apparmor/loader/claims/api") ?? "";
		await node.until(() => claim().includes("unused=2000\n"), loader.words);
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		upTo(2001);
		await node.until(() => node.loaded("api").length === 0, loader.words);
		await node.until(() => node.report().retired.length === 0, loader.words);
		expect(node.claims()).toEqual(["web"]);
		// Its words may come later than what it has done.
		const said = "unloaded api, which is no longer declared and has no process";
		await node.until(() => loader.words().includes(said), loader.words);
		expect(node.loaded("web")).toEqual(["web (enforce)"]);
		expect(
			loader
				.words()
				.split("\n")
				.filter((line) => !/^(apparmor-agent: .*)?$/.test(line)),
		).toEqual([]);
	});

	test("a process that comes back starts the time anew", async () => {
		node.nodeProcess(7, "unconfined");
		const loader = node.serve({ AGENT_UNUSED_SECONDS: "1000" });
		await loader.ready();
		await loader.stop();
		const claim = () => node.read("var/lib/pulumi-apparmor/loader/claims/api") ?? "";
		expect(claim()).toContain("unused=1000\n");
		node.nodeProcess(7, "api (enforce)");
		upTo(2500);
		const second = node.serve({ AGENT_UNUSED_SECONDS: "1000" });
		await second.ready();
		expect(claim()).toContain("unused=\n");
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test("starts its time anew after it was declared again for a while", async () => {
		node.nodeProcess(7, "unconfined");
		const unused = { AGENT_UNUSED_SECONDS: "1000" };
		await once(unused);
		const claim = () => node.read("var/lib/pulumi-apparmor/loader/claims/api") ?? "";
		expect(claim()).toContain("unused=1000\n");
		node.declare(api, web);
		await once(unused);
		expect(claim()).toContain("unused=\n");
		upTo(90_000);
		node.declare(web);
		await once(unused);
		expect(claim()).toContain("unused=90000\n");
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
	});

	test("goes, too, where its loader was ended before it could read back what it had loaded", async () => {
		node.nodeProcess(7, "unconfined");
		node.declare({ ...api, body: "/second r," }, web);
		node.write("kernel/hold", "");
		const loading = node.serve();
		await node.until(() => node.read("kernel/held") !== undefined, loading.words);
		await loading.kill();
		await node.loadByHand(policy("api", "enforce", "/second r,"));
		node.declare(web);
		const loader = node.serve({ AGENT_UNUSED_SECONDS: "0" }, "old");
		await loader.ready();
		expect(loader.words()).toContain("unloaded api, which is no longer declared and has no process");
		expect(node.loaded("api")).toEqual([]);
	});

	test("is others' again once it is seen that a load which was cut off was complete", async () => {
		node.declare(api, web);
		await node.unloadByHand("api");
		node.write("kernel/hold", "");
		const loading = node.serve();
		await node.until(() => node.read("kernel/held") !== undefined, loading.words);
		await loading.kill();
		await node.loadByHand(policy("api", "enforce"));
		const claim = () => node.read("var/lib/pulumi-apparmor/loader/claims/api") ?? "";
		expect(claim()).toContain("loading=yes\n");
		await node.serve({}, "old").ready();
		expect(claim()).toContain("loading=\n");
	});

	test("is not unloaded under a successor that declares it again", async () => {
		node.nodeProcess(7, "unconfined");
		node.write(
			"slow/unload",
			`#!/bin/sh\n: >"$0.called"\nwhile [ ! -e "$0.go" ]; do sleep 0.05; done\nexec "${node.environment().AGENT_UNLOADER}" "$@"\n`,
		);
		fs.chmodSync(node.path("slow/unload"), 0o755);
		const old = node.serve({ AGENT_UNUSED_SECONDS: "0", AGENT_UNLOADER: node.path("slow/unload") });
		await node.until(() => node.read("slow/unload.called") !== undefined, old.words);
		const next = node.serve(node.secondPod(api, web));
		const first = node.inCharge();
		await node.until(() => node.inCharge() !== first, next.words);
		await new Promise((resolve) => setTimeout(resolve, 2000));
		expect(node.read("second/run/pulumi-apparmor/ready")).toBeUndefined();
		node.write("slow/unload.go", "");
		await next.ready();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		expect(next.words()).not.toContain("was unloaded");
	});

	test("stays where the node's processes cannot be seen", async () => {
		const loader = node.serve();
		await loader.ready();
		upTo(90_000);
		await new Promise((resolve) => setTimeout(resolve, 2500));
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		expect(node.report()).toMatchObject({ retired: ["api"] });
	});

	test("stays where others have put policy of their own in its place, which is then theirs", async () => {
		node.nodeProcess(7, "unconfined");
		await node.loadByHand(policy("api", "complain", "/theirs r,"));
		const loader = node.serve();
		await loader.ready();
		expect(node.loaded("api")).toEqual(["api (complain)"]);
		expect(node.claims()).toEqual(["web"]);
		expect(loader.words()).toContain("others have put policy of their own in its place: left alone");
	});

	test("is unloaded by another owner's loader once its own has been gone for a minute", async () => {
		node.nodeProcess(7, "unconfined");
		node.declare();
		const loader = node.serve({ ...other, AGENT_UNUSED_SECONDS: "0" });
		await loader.ready();
		expect(node.loaded("api")).toEqual(["api (enforce)"]);
		await loader.stop();
		upTo(1060);
		await node.serve({ ...other, AGENT_UNUSED_SECONDS: "0" }).ready();
		expect([...node.loaded("api"), ...node.loaded("web")]).toEqual([]);
		expect(fs.readdirSync(node.path("var/lib/pulumi-apparmor/loader/claims"))).toEqual([]);
	});
});
