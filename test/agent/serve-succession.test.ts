import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { policy, prepare, shells } from "./host";
import { type Loader, Node } from "./node";

beforeAll(prepare);

/** While one pod takes another's place, both run for a while. */
describe.each(shells)("a loader and its successor under %s", (shell) => {
	let node: Node;
	beforeEach(() => {
		node = new Node(shell);
	});
	afterEach(() => node.destroy());

	/** Waits until a loader waits for the kernel's policy to change, and all that it has loaded itself is past. */
	async function idle(loader: Loader): Promise<void> {
		await loader.ready();
		const waiting = () => spawnSync("pgrep", ["-P", String(loader.pid), "-f", "^dd bs=64"]).stdout.toString();
		let [before, now] = ["", ""];
		while (now === "" || now !== before) {
			before = waiting();
			await sleep(1000);
			now = waiting();
		}
	}

	/** A loader that has failed, and whose pod is kept; the loader of the younger pod, which is ready. */
	async function failedAndSucceeded(): Promise<Loader> {
		node.declare(
			{ name: "api", mode: "enforce", body: "/old r," },
			{ name: "bad", mode: "enforce", body: "SYNTAX ERROR" },
		);
		expect((await node.serve().ended()).status).toBe(1);
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce", body: "/new r," }));
		await next.ready();
		return next;
	}

	test("of two loaders of one owner, the last one started counts", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/old r," });
		const old = node.serve();
		await old.ready();
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce", body: "/new r," }));
		await next.ready();
		await sleep(500);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
		expect(old.words()).not.toContain("put back");
		// Its end is not the owner's.
		expect(await old.stop()).toMatchObject({ status: 0 });
		expect(node.read(`var/lib/pulumi-apparmor/loader/owners/${node.ownerKey()}/released`)).toBe("");
	});

	test("a loader whose successor ends goes on", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/old r," });
		const old = node.serve();
		await old.ready();
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce", body: "/new r," }));
		await next.ready();
		await next.stop();
		await node.unloadByHand("api");
		await node.until(() => node.loadedPolicy("api") === policy("api", "enforce", "/old r,"), old.words);
		expect(old.words()).toContain("the loader that was to take the place of this one is gone: this one goes on");
	});

	test("a loader whose pod is older leaves the profiles to the younger one's, when it is started again", async () => {
		const next = await failedAndSucceeded();
		const old = node.serve({}, "old");
		const waits = "a newer loader of org/shop/dev/profiles has started on this node: this one waits for its end";
		await node.until(() => old.words().includes(waits), old.words);
		await sleep(500);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
		// Who waits is not in charge, and keeps nobody from it.
		await node.unloadByHand("api");
		await node.until(() => node.loadedPolicy("api") === policy("api", "enforce", "/new r,"), next.words);
		expect(await old.stop()).toMatchObject({ status: 0 });
		expect(node.read(`var/lib/pulumi-apparmor/loader/owners/${node.ownerKey()}/released`)).toBe("");
	});

	test("a loader that waited for a younger pod's goes on when that is gone", async () => {
		const next = await failedAndSucceeded();
		await next.stop();
		node.declare({ name: "api", mode: "enforce", body: "/old r," });
		await node.serve({}, "old").ready();
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/old r,"));
	});

	test("a successor waits for what its predecessor is loading just then", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/old r," });
		const old = node.serve();
		await old.ready();
		node.write("kernel/hold", "");
		await node.unloadByHand("api");
		await node.until(() => node.read("kernel/held") !== undefined, old.words);
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce", body: "/new r," }));
		await sleep(1500);
		expect(node.loadedPolicy("api")).toBeUndefined();
		fs.rmSync(node.path("kernel/held"));
		await next.ready();
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
		await sleep(500);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
	});

	test("a predecessor that has much to load leaves the rest of it to its successor", async () => {
		const names = Array.from({ length: 51 }, (_, index) => `p${index + 100}`);
		node.declare(...names.map((name) => ({ name, mode: "enforce" })));
		const old = node.serve();
		await idle(old);
		node.write("kernel/hold", "");
		node.write("kernel/apparmor/profiles", "");
		node.tree();
		await node.until(() => node.read("kernel/held") !== undefined, old.words);
		const first = node.inCharge();
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce" }));
		await node.until(() => node.inCharge() !== first, next.words);
		fs.rmSync(node.path("kernel/held"));
		await next.ready();
		expect(node.loaded("p149")).toEqual(["p149 (enforce)"]);
		expect(node.loaded("p150")).toEqual([]);
	});

	test("a loader that a younger pod's overtakes while it still loads ends, and says why", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/old r," });
		node.write("kernel/hold", "");
		const old = node.serve();
		await node.until(() => node.read("kernel/held") !== undefined, old.words);
		const first = node.inCharge();
		const next = node.serve(node.secondPod({ name: "api", mode: "enforce", body: "/new r," }));
		await node.until(() => node.inCharge() !== first, next.words);
		fs.rmSync(node.path("kernel/held"));
		expect((await old.ended()).stderr).toContain(
			"a newer loader of org/shop/dev/profiles has started on this node: this one leaves it the profiles",
		);
		await next.ready();
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
		expect(next.words()).not.toContain("put back");
	});

	test("a loader whose successor fails goes on once that is not started again", async () => {
		node.declare({ name: "api", mode: "enforce", body: "/old r," }, { name: "bad", mode: "enforce" });
		const old = node.serve();
		await old.ready();
		const second = node.secondPod(
			{ name: "api", mode: "enforce", body: "/new r," },
			{ name: "bad", mode: "enforce", body: "SYNTAX ERROR" },
		);
		expect(await node.serve(second).ended()).toMatchObject({ status: 1 });
		// It may come back: to undo what it has loaded would have the two take turns.
		node.write("proc/uptime", "1310.00 900.00\n");
		node.tree();
		await sleep(500);
		expect(node.loadedPolicy("api")).toBe(policy("api", "enforce", "/new r,"));
		node.write("proc/uptime", "1311.00 900.00\n");
		node.tree();
		await node.until(() => node.loadedPolicy("api") === policy("api", "enforce", "/old r,"), old.words);
	});
});
