import * as fs from "node:fs";
import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

describe.each(shells)("apply under %s refuses", (shell) => {
	let host: Host;
	afterEach(() => host?.destroy());

	/** Runs an apply that must fail, and checks that it changed nothing. */
	async function refused(
		status: number,
		action: () => Promise<{ status: number | undefined; stderr: string; stdout: string }>,
	) {
		const before = host.snapshot();
		const run = await action();
		expect(run).toMatchObject({ status, stdout: "" });
		expect(host.snapshot()).toEqual(before);
		return run.stderr;
	}

	test.each([
		["", "NAME is missing"],
		["a/b", "it may hold letters"],
		["../x", "it may hold letters"],
		["a..b", 'no ".."'],
		[".hidden", "it may hold letters"],
		["a b", "it may hold letters"],
		["a;id", "it may hold letters"],
		["$(id)", "it may hold letters"],
		["a\nb", "it may hold letters"],
		["ä", "it may hold letters"],
		["a*", "it may hold letters"],
		["-x", "unknown option: -x"],
		["unconfined", "AppArmor's word for no profile"],
		["x.dpkg-new", "passes over files with this ending"],
		["x~", "it may hold letters"],
		["x.orig", "passes over files with this ending"],
		["x.disabled", "passes over files with this ending"],
		["x".repeat(201), "longer than 200"],
	])("the name %j", async (name, words) => {
		host = new Host(shell);
		const stderr = await refused(2, () => host.apply(name, "enforce", policy("x", "enforce")));
		expect(stderr).toContain(words);
	});

	test("wrong arguments, all at once", async () => {
		host = new Host(shell);
		const stderr = await refused(2, () =>
			host.run(
				[
					...["apply", "a b", "extra", "--mode", "enforcing", "--policy-hash", "xyz", "--nope", "v", "--restart", "-x"],
					...["--lines", "1:2", "--attachment", "a\tb", "--owner"],
				],
				"",
			),
		);
		for (const words of [
			"extra",
			'--mode "enforcing" is not one of enforce, complain, kill, unconfined, disabled',
			'--policy-hash "xyz"',
			"unknown option: --nope",
			'--restart "-x"',
			'--lines: "1:2" is not START:INDEX:LINE',
			"--attachment: a control character",
			"--owner needs a value",
		])
			expect(stderr).toContain(words);
	});

	test("a policy that was cut short", async () => {
		host = new Host(shell);
		const whole = policy("myapp", "enforce");
		for (const text of ["", whole.slice(0, 30), whole.slice(0, -10), `${whole}x`, ` ${whole.replace("\n#", "\n #")}`]) {
			const stderr = await refused(1, () => host.apply("myapp", "enforce", text));
			expect(stderr).toContain("did not arrive whole");
			expect(stderr).toContain(`(${Buffer.byteLength(text.replace(/\n+$/, ""))} bytes came`);
		}
	});

	test("each way in which AppArmor is not there, with what to do", async () => {
		host = new Host(shell);
		const attempt = () => refused(1, () => host.apply("myapp", "enforce", policy("myapp", "enforce")));
		host.env = { AGENT_PARSER: "/nonexistent/apparmor_parser" };
		expect(await attempt()).toContain("install the package apparmor");
		host.env = { AGENT_SECURITYFS: host.path("nowhere") };
		expect(await attempt()).toContain("securityfs is not mounted: mount -t securityfs securityfs");
		host.env = {};
		host.write("sys/module/apparmor/parameters/enabled", "N\n");
		expect(await attempt()).toContain("disabled by a boot parameter: boot with apparmor=1");
		fs.rmSync(host.path("sys"), { recursive: true });
		expect(await attempt()).toContain("absent from this kernel");
	});

	test("what the parser refuses, with the line of the source", async () => {
		host = new Host(shell);
		await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		const bad = policy("myapp", "enforce", 'first r,\n  SYNTAX ERROR "x"\nlast r,');
		const sources = [
			"--source",
			"profiles/my app.hbs",
			"--source",
			"partials/b:c.hbs",
			"--lines",
			"1:0:1,3:1:40,4:0:10",
		];
		const mapped = await refused(1, () => host.apply("myapp", "enforce", bad, ...sources));
		expect(mapped).toContain("apparmor_parser refuses the policy of myapp; nothing was changed:");
		expect(mapped).toContain(
			'partials/b:c.hbs:40: syntax error, unexpected TOK_ID (line 3 of the rendered policy: "    SYNTAX ERROR "x"")',
		);
		expect(mapped).not.toContain(".new");
		const plain = await refused(1, () => host.apply("myapp", "enforce", bad));
		expect(plain).toContain("line 3: syntax error");
	});

	test("a policy of another profile, of several, of none", async () => {
		host = new Host(shell);
		const several = policy("myapp", "enforce").replace("profile", "profile b /b { }\nprofile");
		for (const [text, declares] of [
			[policy("other", "enforce"), "it declares: other;"],
			[several, "it declares: b myapp;"],
			["# pulumi-apparmor: end of policy\n", "it declares: ;"],
		] as const) {
			const stderr = await refused(1, () => host.apply("myapp", "enforce", text));
			expect(stderr).toContain("must declare the profile myapp and no other");
			expect(stderr).toContain(declares);
		}
	});

	test("an unknown unit", async () => {
		host = new Host(shell);
		const stderr = await refused(1, () =>
			host.apply("myapp", "enforce", policy("myapp", "enforce"), "--restart", "no.service"),
		);
		expect(stderr).toContain("systemd knows no unit no.service");
	});

	test("a folder of AppArmor's own", async () => {
		host = new Host(shell);
		const stderr = await refused(1, () => host.apply("abi", "enforce", policy("abi", "enforce")));
		expect(stderr).toContain("is a folder of AppArmor's own");
	});

	test("unwritable places, by their path and the reason", async (context) => {
		if (process.getuid?.() !== 0) context.skip("needs root, to mount a read-only and a full file system");
		host = new Host(shell);
		await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		const places = ["etc/apparmor.d", "var/lib/pulumi-apparmor"];
		for (const place of places) {
			await execa("mount", ["--bind", host.path(place), host.path(place)]);
			await execa("mount", ["-o", "remount,bind,ro", host.path(place)]);
			try {
				const stderr = await refused(1, () => host.apply("myapp", "enforce", policy("myapp", "enforce", "/new r,")));
				expect(stderr).toContain(host.path(place));
				expect(stderr).toContain("Read-only file system");
			} finally {
				await execa("umount", ["-l", host.path(place)]);
			}
		}
		for (const place of places) {
			// A disk of 64 KiB with 4 KiB left.
			const kept = host.path("kept");
			fs.cpSync(host.path(place), kept, { recursive: true, verbatimSymlinks: true });
			await execa("mount", ["-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", host.path(place)]);
			try {
				await execa("cp", ["-a", `${kept}/.`, host.path(place)]);
				fs.rmSync(kept, { recursive: true });
				await execa("dd", ["if=/dev/zero", `of=${host.path(place)}/filler`, "bs=1k"], { reject: false });
				const big = policy("myapp", "enforce", `# ${"x".repeat(20_000)}\n/new r,`);
				const stderr = await refused(1, () => host.apply("myapp", "enforce", big));
				expect(stderr).toContain(host.path(place));
				expect(stderr).toContain("No space left on device");
			} finally {
				await execa("umount", ["-l", host.path(place)]);
			}
		}
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)"]);
	});
});
