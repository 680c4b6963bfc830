import * as fs from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { arm } from "./cut";
import { Host, policy, prepare, type Run, shells } from "./host";

beforeAll(prepare);

const old = policy("myapp", "complain", "/old r,", "kid");
const next = policy("myapp", "enforce", "/next r,");
const foreign = "profile myapp /opt/old flags=(complain) {\n}\n";

interface Scenario {
	/** What is there before. */
	before: (host: Host) => Promise<unknown> | unknown;
	run: (host: Host) => Promise<Run>;
	/** The policies that file and kernel may hold after the cut, undefined for none. */
	whole: (string | undefined)[];
	/** Whether `converge` makes it as it was before. */
	converges: boolean;
}

const scenarios: Record<string, Scenario> = {
	"a first apply": {
		before: () => {},
		run: (host) => host.apply("myapp", "enforce", next),
		whole: [undefined, next],
		converges: true,
	},
	"a change": {
		before: (host) => host.apply("myapp", "complain", old),
		run: (host) => host.apply("myapp", "enforce", next),
		whole: [old, next],
		converges: true,
	},
	"an adoption": {
		before: (host) => {
			host.write("etc/apparmor.d/myapp", foreign);
			host.write("kernel/loaded/myapp", foreign);
			host.write("kernel/apparmor/profiles", "myapp (complain)\nother (enforce)\n");
		},
		run: (host) => host.apply("myapp", "enforce", next, "--adopt"),
		whole: [foreign, next],
		converges: true,
	},
	"a removal that gives back": {
		before: async (host) => {
			host.write("etc/apparmor.d/myapp", foreign);
			host.write("kernel/apparmor/profiles", "myapp (complain)\n");
			host.write("kernel/loaded/myapp", foreign);
			await host.apply("myapp", "enforce", next, "--adopt");
		},
		run: (host) => host.remove("myapp"),
		whole: [foreign, next],
		converges: false,
	},
};

/** What the host has, without what differs from run to run. */
function state(host: Host): Record<string, string> {
	const { "kernel/apparmor/profiles": profiles, "kernel/lock": _, ...rest } = host.snapshot();
	const files = Object.entries(rest)
		.filter(([name]) => !name.startsWith("run/"))
		.map(([name, text]) => [name, text.replaceAll(host.root, "")]);
	return { ...Object.fromEntries(files), profiles: (profiles ?? "").split("\n").sort().join("\n") };
}

describe.each(shells)("cut off under %s", (shell) => {
	async function on<T>(scenario: Scenario, action: (host: Host) => Promise<T>): Promise<T> {
		const host = new Host(shell);
		try {
			await scenario.before(host);
			return await action(host);
		} finally {
			host.destroy();
		}
	}

	// The shells take the same steps: each is cut off at every third, together at all.
	const stride = shells.length;
	const start = 1 + shells.indexOf(shell);

	/** Cuts the scenario off at each of its steps in turn, and then does `action`. Tells how many steps there are. */
	async function atEachStep(scenario: Scenario, action: (host: Host, step: number) => Promise<void>): Promise<number> {
		for (let first = start; ; first += 4 * stride) {
			const cuts = await Promise.all(
				[0, 1, 2, 3]
					.map((index) => first + index * stride)
					.map((step) =>
						on(scenario, async (host) => {
							// Half of the cuts come right after the step instead of before it.
							arm(host, step, step % 4 >= 2);
							const run = await scenario.run(host);
							host.env = {};
							if (run.status === 0) return false;
							expect(run.status, `killed at step ${step}: ${run.stderr}`).toBeUndefined();
							await action(host, step);
							return true;
						}),
					),
			);
			const end = cuts.indexOf(false);
			if (end >= 0) return first + end * stride - stride;
		}
	}

	test.each(Object.entries(scenarios))(
		"%s leaves the whole old or new policy; the same again completes it",
		async (name, scenario) => {
			const untouched = await on(scenario, async (host) => state(host));
			const wanted = await on(scenario, async (host) => {
				await scenario.run(host);
				return state(host);
			});
			const steps = await atEachStep(scenario, async (host, step) => {
				const where = `after step ${step} of ${name}`;
				expect(scenario.whole, `the file ${where}`).toContain(host.policyFile("myapp"));
				expect(scenario.whole, `the kernel ${where}`).toContain(host.loadedPolicy("myapp"));
				if (scenario.converges && step % 2 === 1) {
					expect(await host.run(["converge"]), where).toMatchObject({ status: 0, json: { ok: true } });
					// Either the cut came after all was done, or it is as if the apply had never been.
					expect([wanted, untouched], `converged ${where}`).toContainEqual(state(host));
				}
				const again = await scenario.run(host);
				expect(again, `${where}: ${again.stderr}`).toMatchObject({ status: 0 });
				expect(state(host), where).toEqual(wanted);
			});
			expect(steps).toBeGreaterThan(10);
		},
	);

	test("a change is undone by applying the old policy again", async () => {
		const scenario = scenarios["a change"] as Scenario;
		const untouched = await on(scenario, async (host) => state(host));
		await atEachStep(scenario, async (host, step) => {
			expect(await host.apply("myapp", "complain", old)).toMatchObject({ status: 0 });
			expect(state(host), `after step ${step}`).toEqual(untouched);
		});
	});

	test("signals do not stop an apply once the policy has been read", () =>
		on(scenarios["a change"] as Scenario, async (host) => {
			const parser = host.environment().AGENT_PARSER;
			host.write(
				"signals",
				`#!/bin/sh\necho "$*" >>"$AGENT_ROOT/calls"\nfor s in HUP INT TERM PIPE; do kill -$s "$PPID"; done\nexec '${parser}' "$@"\n`,
			);
			fs.chmodSync(host.path("signals"), 0o755);
			host.env = { AGENT_PARSER: host.path("signals") };
			expect(await host.apply("myapp", "enforce", next)).toMatchObject({ status: 0 });
			expect(host.read("calls")).toContain("-r");
			expect(host.loadedPolicy("myapp")).toBe(next);
		}));
});
