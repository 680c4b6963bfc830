import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

describe.each(shells)("a failed apply under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	/** Whatever is wrong with the second policy, the host is as it was before it, on disk and in the kernel. */
	async function undone(second: string, ...options: string[]) {
		const before = host.snapshot();
		const run = await host.apply("myapp", "enforce", second, ...options);
		expect(run).toMatchObject({ status: 1, stdout: "" });
		const after = host.snapshot();
		const kernel = (text?: string) => text?.split("\n").sort().join("\n");
		expect(kernel(after["kernel/apparmor/profiles"])).toBe(kernel(before["kernel/apparmor/profiles"]));
		expect({ ...after, "kernel/apparmor/profiles": "" }).toEqual({ ...before, "kernel/apparmor/profiles": "" });
		return run.stderr;
	}

	const failures = {
		"the kernel refuses it": [
			policy("myapp", "enforce", "# LOAD FAILS", "new"),
			"could not be loaded:\n  line 2: Profile doesn't conform",
		],
		"the kernel has another mode": [
			policy("myapp", "enforce", "# KERNEL SAYS complain", "new"),
			"in complain mode after loading, not in enforce: the flags in the policy do not say so",
		],
	} as const;

	describe.each(Object.entries(failures))("because %s", (_, [bad, words]) => {
		test("is undone where there was an older policy", async () => {
			host = new Host(shell);
			await host.apply("myapp", "complain", policy("myapp", "complain", undefined, "kid"));
			const stderr = await undone(bad);
			expect(stderr).toContain(words);
			expect(stderr).toMatch(/undone: .* have what they had before \(myapp in complain mode\)/);
		});

		test("is undone where there was none", async () => {
			host = new Host(shell);
			expect(await undone(bad)).toContain(words);
			expect(host.remains()).toEqual([]);
		});

		test("is undone where it was disabled", async () => {
			host = new Host(shell);
			await host.apply("myapp", "disabled", policy("myapp", "complain"));
			expect(await undone(bad)).toContain(words);
		});

		test("is undone where another's profile was to be adopted", async () => {
			host = new Host(shell);
			host.write("etc/apparmor.d/myapp", "profile myapp /opt/old flags=(complain) {\n}\n");
			host.write("kernel/loaded/myapp", "profile myapp /opt/old flags=(complain) {\n}\n");
			host.write("kernel/apparmor/profiles", "myapp (complain)\n");
			expect(await undone(bad, "--adopt")).toContain(words);
		});
	});

	test("because a unit does not start is undone, and the unit started again", async () => {
		host = new Host(shell);
		await host.apply("myapp", "complain", policy("myapp", "complain"));
		host.process(40, "/opt/a", "unconfined");
		host.process(41, "/opt/b", "unconfined");
		host.unit("good.service", { pid: "40" });
		host.unit("bad.service", { pid: "41", fails: "myapp (enforce)" });
		const stderr = await undone(policy("myapp", "enforce"), "--restart", "good.service", "--restart", "bad.service");
		expect(stderr).toContain("systemctl restart bad.service failed: Job for bad.service failed");
		expect(host.read("units/good.service/restarts")).toBe("restart\nrestart\n");
		expect(host.read("units/bad.service/restarts")).toBe("restart\nrestart\n");
	});

	test("because a unit dies soon after its restart is undone", async () => {
		host = new Host(shell);
		host.process(41, "/opt/b", "unconfined");
		host.unit("bad.service", { pid: "41", dies: "" });
		const stderr = await undone(policy("myapp", "enforce"), "--restart", "bad.service");
		expect(stderr).toContain("bad.service does not stay up after its restart: failed");
	});

	test("names the force-complain link that keeps the mode", async () => {
		host = new Host(shell);
		host.write("etc/apparmor.d/force-complain/myapp", "");
		const stderr = await undone(policy("myapp", "enforce", "# KERNEL SAYS complain"));
		expect(stderr).toContain("/etc/apparmor.d/force-complain/myapp is there");
	});

	test("that cannot be undone says so, and converge repairs it", async () => {
		host = new Host(shell);
		await host.apply("myapp", "complain", policy("myapp", "complain"));
		const healthy = host.snapshot();
		// The kernel takes no policy any more from the moment that the new one is in.
		host.env = { AGENT_PARSER: host.path("parser") };
		const real = host.environment().AGENT_PARSER;
		expect(real).toBe(host.path("parser"));
		const fake = new Host(shell);
		const parser = fake.environment().AGENT_PARSER;
		fake.destroy();
		host.write(
			"parser",
			`#!/bin/sh\ncase $* in *-r*policy.*) echo 'no memory' >&2; exit 1 ;; esac\nexec '${parser}' "$@"\n`,
		);
		(await import("node:fs")).chmodSync(host.path("parser"), 0o755);
		const run = await host.apply("myapp", "enforce", policy("myapp", "enforce", "# KERNEL SAYS kill"));
		expect(run.status).toBe(3);
		expect(run.stderr).toContain("the old policy could not be loaded again:no memory");
		expect(run.stderr).toContain("converge myapp");
		host.env = {};
		expect((await host.run(["status"])).json.profiles[0]).toMatchObject({ ok: false, mode: "kill" });
		expect((await host.run(["converge"])).json).toMatchObject({ ok: true });
		expect(host.snapshot()).toEqual(healthy);
	});
});
