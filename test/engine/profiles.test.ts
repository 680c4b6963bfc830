import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostTarget } from "../../src/index";
import { operations, ProfileStack } from "./profile-stack";
import type { Wanted } from "./programs/profiles";
import { noReachableHosts, ReachableHost } from "./reachable-host";

const policy = (body = "/etc/myapp r,", name = "myapp") => `profile ${name} /opt/${name} {\n  ${body}\n}\n`;

describe.skipIf(noReachableHosts)(`profiles on hosts${noReachableHosts ? ` (${noReachableHosts})` : ""}`, () => {
	let hosts: ReachableHost[];
	let stack: ProfileStack;
	const wanted = (mode: string, body?: string, more: Partial<Wanted> = {}): Wanted =>
		({
			hosts: hosts.map(({ target }) => target),
			profiles: [{ name: "myapp", mode, policy: policy(body) }],
			...more,
		}) as Wanted;
	const loaded = () => hosts.map(({ host }) => host.loaded("myapp"));

	beforeAll(async () => {
		hosts = await Promise.all([ReachableHost.start("web-1"), ReachableHost.start("web-2")]);
	});
	afterAll(async () => {
		await Promise.all(hosts.map((host) => host.stop()));
	});
	beforeEach(async () => {
		stack = await ProfileStack.make();
	});
	afterEach(async () => {
		await stack.destroy();
		stack.remove();
		for (const { host } of hosts) expect(host.remains()).toEqual([]);
	});

	it("counts: a first up, a second one, a mode switch, a change of policy, a destroy", async () => {
		const first = await stack.up(wanted("complain"));
		expect(first.summary).toEqual({ create: 8 });
		expect(operations(first.steps)).toEqual({
			"agent@web-1": "create",
			"agent@web-2": "create",
			"myapp@web-1": "create",
			"myapp@web-2": "create",
		});
		expect(loaded()).toEqual([["myapp (complain)"], ["myapp (complain)"]]);

		const before = hosts.map(({ host, sshd }) => [host.snapshot(), sshd.logins()]);
		const second = await stack.up(wanted("complain"));
		expect(second.summary).toEqual({ same: 8 });
		// Nothing was sent: nobody has logged in at the servers, and nothing changed.
		expect(hosts.map(({ host, sshd }) => [host.snapshot(), sshd.logins()])).toEqual(before);

		const { stdout } = await stack.preview(wanted("enforce", "/etc/myapp rw,"), ["--diff"]);
		// A reviewer reads the change of the policy, line by line.
		expect(stdout).toMatch(
			/- profile myapp \/opt\/myapp flags=\(complain\) \{\n\s*- {3}\/etc\/myapp r,\n\s*\+ profile myapp \/opt\/myapp \{\n\s*\+ {3}\/etc\/myapp rw,\n\s*}/,
		);
		expect(stdout).not.toContain("PRIVATE KEY");

		const switched = await stack.up(wanted("enforce"));
		expect(switched.summary).toEqual({ same: 6, update: 2 });
		expect(operations(switched.steps)).toEqual({ "myapp@web-1": "update", "myapp@web-2": "update" });
		expect(loaded()).toEqual([["myapp (enforce)"], ["myapp (enforce)"]]);

		const changed = await stack.up(wanted("enforce", "/etc/myapp rw,"));
		expect(operations(changed.steps)).toEqual({ "myapp@web-1": "update", "myapp@web-2": "update" });
		for (const { host } of hosts) expect(host.loadedPolicy("myapp")).toContain("/etc/myapp rw,");

		const destroyed = await stack.destroy();
		expect(destroyed.summary).toEqual({ delete: 8 });
		expect(loaded()).toEqual([[], []]);
	});

	it("a host that is added or dropped is one profile installed or removed", async () => {
		const [one, two] = hosts as [ReachableHost, ReachableHost];
		await stack.up(wanted("enforce", undefined, { hosts: [one.target] }));
		const added = await stack.up(wanted("enforce"));
		expect(operations(added.steps)).toEqual({ "agent@web-2": "create", "myapp@web-2": "create" });
		const dropped = await stack.up(wanted("enforce", undefined, { hosts: [two.target] }));
		expect(operations(dropped.steps)).toEqual({ "agent@web-1": "delete", "myapp@web-1": "delete" });
		expect(loaded()).toEqual([[], ["myapp (enforce)"]]);
		expect(one.host.remains()).toEqual([]);
	});

	it("a literal host needs no AppArmorHost, and leaves nothing either", async () => {
		const { summary } = await stack.up(wanted("enforce", undefined, { literal: true }));
		expect(summary).toEqual({ create: 6 });
		expect(loaded()).toEqual([["myapp (enforce)"], ["myapp (enforce)"]]);
	});

	it("no private key, plain or in parts, is in the state or in what is printed", async () => {
		const { stdout, stderr } = await stack.up(wanted("enforce"), ["--diff"]);
		const state = await stack.state();
		for (const { sshd } of hosts) {
			const lines = sshd.privateKey.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
			expect(lines.length).toBeGreaterThan(2);
			for (const line of lines) for (const text of [state, stdout, stderr]) expect(text).not.toContain(line);
		}
	});

	it("a policy that the host refuses: its own message at the template's line, the old policy intact, the other host done", async () => {
		const [one, two] = hosts as [ReachableHost, ReachableHost];
		await stack.up(wanted("enforce"));
		const old = one.host.snapshot();
		const error = await stack.upError(wanted("enforce", '/ok r,\n  "/SYNTAX ERROR" r,'));
		expect(`${error.stdout}${error.stderr}`).toMatch(/policy:3: syntax error, unexpected TOK_ID/);
		expect(one.host.snapshot()).toEqual(old);
		const mended = await stack.up(wanted("enforce", "/ok r,"));
		expect(operations(mended.steps)).toEqual({ "myapp@web-1": "update", "myapp@web-2": "update" });
		expect(two.host.loadedPolicy("myapp")).toContain("/ok r,");
	});

	it("a profile that is not ours is an error, and is left alone; adopt takes it and gives it back", async () => {
		const [one] = hosts as [ReachableHost];
		const theirs = "profile myapp /usr/bin/theirs {\n}\n";
		one.host.write("etc/apparmor.d/myapp", theirs);
		const error = await stack.upError(wanted("enforce"));
		expect(`${error.stdout}${error.stderr}`).toMatch(/myapp.*(adopt|not)/s);
		expect(one.host.policyFile("myapp")).toBe(theirs);
		await stack.up(
			wanted("enforce", undefined, { profiles: [{ name: "myapp", mode: "enforce", policy: policy(), adopt: true }] }),
		);
		expect(one.host.loadedPolicy("myapp")).toContain("/opt/myapp");
		await stack.destroy();
		expect(one.host.policyFile("myapp")).toBe(theirs);
		rmSync(one.host.path("etc/apparmor.d/myapp"));
		one.host.write("kernel/apparmor/profiles", "other (enforce)\n");
	});

	it("another stack's profile is refused, and its agent is not taken away", async () => {
		const other = await ProfileStack.make("other");
		try {
			await stack.up(wanted("enforce"));
			const error = await other.upError(wanted("complain"));
			expect(`${error.stdout}${error.stderr}`).toContain("organization/profiles/test");
			expect(loaded()).toEqual([["myapp (enforce)"], ["myapp (enforce)"]]);
			await other.destroy();
			// The first stack's agent must still be there for its update.
			await stack.up(wanted("complain"));
			expect(loaded()).toEqual([["myapp (complain)"], ["myapp (complain)"]]);
		} finally {
			await other.destroy();
			other.remove();
		}
	});

	it("a profile and an agent removed by hand do not stop a destroy", async () => {
		const [one] = hosts as [ReachableHost];
		await stack.up(wanted("enforce"));
		rmSync(one.host.path("etc/apparmor.d/myapp"));
		rmSync(one.host.path("var/lib/pulumi-apparmor"), { recursive: true });
		one.host.write("kernel/apparmor/profiles", "other (enforce)\n");
		rmSync(one.host.path("usr/local/lib/pulumi-apparmor/apparmor-agent.sh"));
		const { summary } = await stack.destroy();
		expect(summary).toEqual({ delete: 8 });
	});

	it("thirty profiles on one host at sshd's default MaxStartups, all at once", async () => {
		const [one] = hosts as [ReachableHost];
		const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
		const profiles = names.map((name) => ({ name, mode: "enforce" as const, policy: policy("/x r,", name) }));
		const { summary } = await stack.up({ hosts: [one.target], profiles }, ["--parallel", "64"]);
		expect(summary.create).toBe(1 + 2 + 60);
		for (const name of names) expect(one.host.loaded(name)).toEqual([`${name} (enforce)`]);
	});

	it.each<[string, (target: HostTarget) => HostTarget, RegExp]>([
		[
			"a wrong host key",
			(target) => ({
				...target,
				connection: {
					...target.connection,
					hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE9WtpqPZKsI2xqAFVXCnfqZ4WqX4jWqPzJmIu3xTIG9",
					dialErrorLimit: 1,
				} as never,
			}),
			/host key mismatch|handshake|host key/i,
		],
		[
			"a host that does not answer",
			(target) => ({
				...target,
				connection: { ...target.connection, port: 1, dialErrorLimit: 1, perDialTimeout: 2 } as never,
			}),
			/127\.0\.0\.1:1.*(refused|ECONNREFUSED)/,
		],
	])("%s fails in words, with no key in them", async (_, change, message) => {
		const [one] = hosts as [ReachableHost];
		const error = await stack.upError(wanted("enforce", undefined, { hosts: [change(one.target)] }));
		const output = `${error.stdout}${error.stderr}`;
		expect(output).toMatch(message);
		expect(output).not.toContain("PRIVATE KEY");
	});
});
