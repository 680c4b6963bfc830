import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { policy, prepare, shells } from "./host";
import { Node } from "./node";

beforeAll(prepare);

/** While one pod takes another's place, both run for a while. */
describe.each(shells)("a loader and its successor under %s", (shell) => {
	let node: Node;
	beforeEach(() => {
		node = new Node(shell);
	});
	afterEach(() => node.destroy());

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
