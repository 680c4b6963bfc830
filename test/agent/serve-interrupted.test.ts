import { beforeAll, describe, expect, test } from "vitest";
import { arm, stepsTaken } from "./cut";
import { policy, prepare, shells } from "./host";
import { Node } from "./node";

beforeAll(prepare);

const before = [
	{ name: "changed", mode: "complain", body: "/old r," },
	{ name: "gone", mode: "enforce" },
	{ name: "same", mode: "enforce" },
];
const after = [
	{ name: "changed", mode: "enforce", body: "/new r,", gzip: true },
	{ name: "fresh", mode: "enforce" },
	{ name: "same", mode: "enforce" },
];

async function fresh(shell: (typeof shells)[number]): Promise<Node> {
	const node = new Node(shell);
	// Something runs under what is no longer declared.
	node.nodeProcess(7, "gone (enforce)");
	node.declare(...before);
	const loader = node.serve();
	await loader.ready();
	await loader.stop();
	node.declare(...after);
	return node;
}

/** What a node has, but for what differs from run to run. */
function state(node: Node) {
	return {
		loaded: (node.read("kernel/apparmor/profiles") ?? "").split("\n").sort(),
		policies: ["changed", "fresh", "gone", "same"].map((name) => node.loadedPolicy(name)),
		claims: node.claims().map((name) => [name, node.read(`var/lib/pulumi-apparmor/loader/claims/${name}`)]),
		report: node.report(),
	};
}

describe.each(shells)("serve, killed under %s", (shell) => {
	// The shells take the same steps: each is killed at every third, together at all.
	const stride = shells.length;

	test("at any step of its first load leaves whole policies, and its next start completes it", async () => {
		const calm = await fresh(shell);
		await calm.serve().ready();
		const wanted = state(calm);
		calm.destroy();
		const old = policy("changed", "complain", "/old r,");
		const next = policy("changed", "enforce", "/new r,");
		let step = 1 + shells.indexOf(shell);
		for (; ; step += stride) {
			const node = await fresh(shell);
			const peace = node.env;
			arm(node, step, step % 4 >= 2);
			const loader = node.serve();
			const ended = loader.ended();
			const outcome = await Promise.race([ended.then(() => "killed"), loader.ready().then(() => "ready")]);
			const where = `killed at step ${step}: ${loader.words()}`;
			if (outcome === "killed") {
				expect((await ended).status, where).toBeUndefined();
				expect([old, next], where).toContain(node.loadedPolicy("changed"));
				expect(node.loadedPolicy("same"), where).toBe(policy("same", "enforce"));
				expect(node.loadedPolicy("gone"), where).toBe(policy("gone", "enforce"));
			}
			await loader.kill();
			const steps = stepsTaken(node);
			node.env = peace;
			const again = node.serve({}, "old");
			await again.ready();
			expect(state(node), where).toEqual(wanted);
			node.destroy();
			if (steps < step) break;
		}
		expect(step).toBeGreaterThan(15);
	});
});
