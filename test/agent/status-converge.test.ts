import * as fs from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseStatus } from "../../src/agent/agent";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

describe.each(shells)("status and converge under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	async function twoProfiles(): Promise<void> {
		host = new Host(shell);
		await host.apply(
			"myapp",
			"enforce",
			policy("myapp", "enforce"),
			"--policy-hash",
			"ab",
			"--attachment",
			"/opt/my app",
		);
		await host.apply("web", "disabled", policy("web", "enforce"));
	}

	test("agree with what was declared", async () => {
		await twoProfiles();
		host.process(9, "/opt/my app", "unconfined");
		const all = await host.run(["status"]);
		const healthy = { owner: "org/app/dev", fileIntact: true, ok: true, drift: [] };
		expect(parseStatus(all.stdout)).toEqual({
			host: expect.objectContaining({ apparmor: true, parser: "3.0.8", abi: "3.0" }),
			profiles: [
				{
					...healthy,
					name: "myapp",
					declaredMode: "enforce",
					mode: "enforce",
					policyHash: "ab",
					unconfined: [{ pid: 9, comm: "my app", exe: "/opt/my app" }],
				},
				{ ...healthy, name: "web", declaredMode: "disabled", mode: null, policyHash: null, unconfined: [] },
			],
		});
		expect((await host.run(["status", "web"])).json.profiles.map(({ name }: { name: string }) => name)).toEqual([
			"web",
		]);
		const unknown = await host.run(["status", "nope"]);
		expect(unknown).toMatchObject({ status: 0, json: { profiles: [] } });
		expect(unknown.stderr).toContain("no profile nope is declared here");
		const before = host.snapshot();
		expect((await host.run(["converge"])).json).toEqual({
			profiles: [
				{ name: "myapp", found: [], ok: true },
				{ name: "web", found: [], ok: true },
			],
			ok: true,
		});
		expect(host.snapshot()).toEqual(before);
	});

	test.each([
		["an edited file", (h: Host) => h.write("etc/apparmor.d/myapp", "x"), "file changed", { fileIntact: false }],
		["a deleted file", (h: Host) => fs.rmSync(h.path("etc/apparmor.d/myapp")), "file missing", { fileIntact: false }],
		[
			"a flipped mode",
			(h: Host) => h.write("kernel/apparmor/profiles", "myapp (complain)\n"),
			"kernel: complain instead of enforce",
			{ mode: "complain" },
		],
		[
			"an unloaded profile",
			(h: Host) => h.write("kernel/apparmor/profiles", ""),
			"kernel: not loaded instead of enforce",
			{ mode: null },
		],
		[
			"a disable link",
			(h: Host) => fs.symlinkSync(h.path("etc/apparmor.d/myapp"), h.path("etc/apparmor.d/disable/myapp")),
			"disabled at boot",
			{},
		],
	])("show and repair %s", async (_, damage, drift, fields) => {
		await twoProfiles();
		const files = host.snapshot();
		damage(host);
		const status = (await host.run(["status", "myapp"])).json.profiles[0];
		expect(status).toMatchObject({ ok: false, drift: [drift], ...fields });
		const run = await host.run(["converge", "myapp"]);
		expect(run).toMatchObject({
			status: 0,
			json: { ok: true, profiles: [{ name: "myapp", found: [drift], ok: true }] },
		});
		expect(host.policyFile("myapp")).toBe(files["etc/apparmor.d/myapp"]);
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)"]);
		expect((await host.run(["status", "myapp"])).json.profiles[0]).toMatchObject({ ok: true, drift: [] });
	});

	test("one profile that cannot be repaired does not keep the others from it", async () => {
		await twoProfiles();
		await host.apply("zzz", "enforce", policy("zzz", "enforce"));
		host.write("kernel/apparmor/profiles", "");
		const copies = host.path("var/lib/pulumi-apparmor/profiles/myapp");
		for (const file of fs.readdirSync(copies)) if (file.startsWith("policy.")) fs.rmSync(`${copies}/${file}`);
		const run = await host.run(["converge"]);
		expect(run).toMatchObject({ status: 1, json: { ok: false } });
		expect(run.json.profiles.map((profile: { ok: boolean }) => profile.ok)).toEqual([false, true, true]);
		expect(run.stderr).toContain("the declared policy of myapp is damaged or gone");
		expect(host.loaded("zzz")).toEqual(["zzz (enforce)"]);
	});

	test("a wrong command is refused", async () => {
		host = new Host(shell);
		for (const args of [[], ["frobnicate"], ["--help"]]) {
			const run = await host.run(args);
			expect(run).toMatchObject({ status: 2, stdout: "" });
			expect(run.stderr).toContain("usage:");
		}
	});
});
