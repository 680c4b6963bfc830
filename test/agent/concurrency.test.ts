import * as fs from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

describe.each(shells)("at the same moment under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	test("different profiles do not wait for each other", async () => {
		host = new Host(shell);
		const names = ["a", "b", "c", "d", "e", "f"];
		const runs = await Promise.all(names.map((name) => host.apply(name, "enforce", policy(name, "enforce"))));
		expect(runs.map((run) => run.status)).toEqual(names.map(() => 0));
		expect(runs.map((run) => run.stderr).join("")).toBe("");
		for (const name of names) expect(host.loaded(name)).toEqual([`${name} (enforce)`]);
	});

	test("changes of one profile follow each other", async () => {
		host = new Host(shell);
		const texts = ["/1 r,", "/2 r,", "/3 r,", "/4 r,"].map((rule) => policy("myapp", "enforce", rule));
		const runs = await Promise.all(texts.map((text) => host.apply("myapp", "enforce", text)));
		expect(runs.map((run) => run.status)).toEqual([0, 0, 0, 0]);
		expect(texts).toContain(host.policyFile("myapp"));
		expect(host.loadedPolicy("myapp")).toBe(host.policyFile("myapp"));
		expect((await host.run(["status"])).json.profiles[0]).toMatchObject({ ok: true });
		expect(host.remains().filter((name) => name.startsWith("run/"))).toEqual([]);
	});

	test("the lock of a dead process is broken, by one only", async () => {
		host = new Host(shell);
		host.folder("run/pulumi-apparmor");
		fs.symlinkSync("4194305", host.path("run/pulumi-apparmor/myapp"));
		const text = policy("myapp", "enforce");
		const runs = await Promise.all([1, 2, 3].map(() => host.apply("myapp", "enforce", text)));
		expect(runs.map((run) => run.status)).toEqual([0, 0, 0]);
		expect(runs.filter((run) => run.json.changed)).toHaveLength(1);
	});

	test("the lock of a living process is waited for, and named when that takes too long", async () => {
		host = new Host(shell);
		host.folder("run/pulumi-apparmor");
		fs.symlinkSync(String(process.pid), host.path("run/pulumi-apparmor/myapp"));
		host.env = { AGENT_LOCK_WAIT: "2" };
		const run = await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		expect(run.status).toBe(1);
		expect(run.stderr).toContain(`waiting for process ${process.pid}, which is changing myapp`);
		expect(run.stderr).toContain(`process ${process.pid} has been changing myapp for 2 seconds; nothing was changed`);
		expect(fs.readlinkSync(host.path("run/pulumi-apparmor/myapp"))).toBe(String(process.pid));
	});
});
