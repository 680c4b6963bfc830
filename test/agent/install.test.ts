import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseHostFacts } from "../../src/agent/agent";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

const installed = "usr/local/lib/pulumi-apparmor/apparmor-agent.sh";

describe.each(shells)("install and uninstall under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	/** Lets an owner bring the agent, as the command line that it is sent does. */
	async function install(owner: string, ...options: string[]) {
		const text = host.read("host.sh") ?? host.read(installed) ?? "";
		host.write("host.sh", text);
		return host.run(["install", "--owner", owner, ...options]);
	}

	/** Runs the installed agent. */
	function agent(...args: string[]) {
		fs.copyFileSync(host.path(installed), host.path("host.sh"));
		return host.run(args);
	}

	test("puts the agent in place and tells the host's facts", async () => {
		host = new Host(shell);
		host.write("etc/apparmor.d/abi/4.0", "");
		host.write("etc/apparmor.d/abi/10.1", "");
		const text = host.read("host.sh") as string;
		const version = createHash("sha256").update(text).digest("hex").slice(0, 12);
		const run = await install("a", "--version", version);
		expect(run).toMatchObject({ status: 0, stderr: "" });
		expect(parseHostFacts(run.stdout)).toEqual({
			agent: version,
			apparmor: true,
			parser: "3.0.8",
			abi: "10.1",
			kernel: expect.stringMatching(/^\d+\.\d+/),
			os: "Debian GNU/Linux 12 (bookworm)",
		});
		expect(host.read(installed)).toBe(text);
		expect(fs.statSync(host.path(installed)).mode & 0o777).toBe(0o755);
		expect(fs.statSync(host.path("var/lib/pulumi-apparmor")).mode & 0o777).toBe(0o700);
		expect(host.read("host.sh")).toBeUndefined();
	});

	test("an agent that did not arrive whole is not installed", async () => {
		host = new Host(shell);
		const run = await install("a", "--version", "0123456789ab");
		expect(run).toMatchObject({ status: 1, stdout: "" });
		expect(run.stderr).toContain("did not arrive whole");
		expect(host.read(installed)).toBeUndefined();
	});

	test("a host without AppArmor is told, not refused", async () => {
		host = new Host(shell);
		host.write("sys/module/apparmor/parameters/enabled", "N\n");
		host.env = { AGENT_PARSER: "/nonexistent" };
		expect((await install("a")).json).toMatchObject({
			apparmor: false,
			reason: expect.stringContaining("disabled by a boot parameter"),
			parser: null,
		});
	});

	test("several owners share it, and the last one takes it away with all that it made", async () => {
		host = new Host(shell);
		const before = host.snapshot();
		await install("a");
		await install("b c");
		await install("a");
		fs.copyFileSync(host.path(installed), host.path("host.sh"));
		await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		const first = await agent("uninstall", "--owner", "a");
		expect(first).toMatchObject({ status: 0 });
		expect(first.stderr).toContain("the agent stays: it also serves b c myapp");
		const second = await agent("uninstall", "--owner", "b c");
		expect(second.stderr).toContain("the agent stays: it also serves myapp");
		expect(host.read(installed)).toBeDefined();
		await host.remove("myapp");
		expect(await agent("uninstall", "--owner", "b c")).toMatchObject({ status: 0, stderr: "" });
		const { "kernel/lock": _, ...after } = host.snapshot();
		expect(after).toEqual(before);
		for (const folder of ["var/lib/pulumi-apparmor", "run/pulumi-apparmor", "usr/local/lib/pulumi-apparmor"])
			expect(fs.existsSync(host.path(folder)), folder).toBe(false);
		expect(await host.run(["uninstall", "--owner", "a"])).toMatchObject({ status: 0 });
	});

	test("leaves a loader of the same machine, as a node of a cluster, what is its own", async () => {
		host = new Host(shell);
		await install("a");
		host.write("var/lib/pulumi-apparmor/loader/claims/web", "owner=b\n");
		expect(await agent("uninstall", "--owner", "a")).toMatchObject({ status: 0, stderr: "" });
		expect(fs.readdirSync(host.path("var/lib/pulumi-apparmor"))).toEqual(["loader"]);
		expect(host.read("var/lib/pulumi-apparmor/loader/claims/web")).toBe("owner=b\n");
	});
});
