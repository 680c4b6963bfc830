import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxHost, startHost } from "../../sandbox";
import type { HostTarget } from "../../src/index";
import { operations, ProfileStack } from "../engine/profile-stack";
import type { Wanted } from "../engine/programs/profiles";
import { attempt, installReader, loadedModes, readerPath, readerPolicy } from "./reader";
import { releasesUnderTest } from "./releases";

let hosts: SandboxHost[];
let stack: ProfileStack;
let before: string[];

const everywhere = <T>(work: (host: SandboxHost) => Promise<T>) => Promise.all(hosts.map((host) => work(host)));
const target = (host: SandboxHost): HostTarget => ({ name: host.release, connection: host.connection });
const wanted = (profiles: object[], more: Partial<Wanted> = {}) =>
	({ hosts: hosts.map(target), profiles, ...more }) as Wanted;
const reader = (mode: string, body?: string, more: object = {}) => ({
	name: "reader",
	mode,
	policy: readerPolicy("reader", body),
	...more,
});
/** Everything that the package could leave on a host. */
const traces = async (host: SandboxHost) => {
	const folders = "/etc/apparmor.d /usr/local/lib /var/lib/pulumi-apparmor /run/pulumi-apparmor /var/cache/apparmor";
	const files = await host.run(`find ${folders} 2>/dev/null | sort; sort /sys/kernel/security/apparmor/profiles`);
	return files.stdout;
};
const words = (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`;

beforeAll(async () => {
	[stack, ...hosts] = await Promise.all([
		ProfileStack.make(),
		...releasesUnderTest.map((release) => startHost({ release })),
	]);
	await everywhere(installReader);
	before = await everywhere(traces);
});
afterAll(async () => {
	stack?.remove();
	await Promise.all((hosts ?? []).map((host) => host.stop()));
});

describe("on real hosts, one stack for all", () => {
	it.each([
		["complain", { outcome: "read", logged: "ALLOWED" }, "complain"],
		["enforce", { outcome: "refused", logged: "DENIED" }, "enforce"],
		["kill", { outcome: "killed", logged: "KILLED" }, "kill"],
		["unconfined", { outcome: "read", logged: "nothing" }, "unconfined"],
		["disabled", { outcome: "read", logged: "nothing" }, undefined],
	])("%s mode: the kernel has what was declared, and does what it says", async (mode, expected, loaded) => {
		const { steps } = await stack.up(wanted([reader(mode)]));
		const done = mode === "complain" ? "create" : "update";
		expect(operations(steps)).toMatchObject({ "reader@bookworm": done, "reader@trixie": done });
		expect(await everywhere(attempt)).toEqual(hosts.map(() => expected));
		for (const modes of await everywhere(loadedModes)) expect(modes.reader).toBe(loaded);
	});

	it("a deny rule does not block in complain mode", async () => {
		await stack.up(wanted([reader("complain", "deny /etc/hostname r,")]));
		expect(await everywhere(attempt)).toEqual(hosts.map(() => ({ outcome: "read", logged: "ALLOWED" })));
	});

	it("a rule that one host's parser does not know: refused there with its line and the old policy intact", async () => {
		const error = await stack.upError(wanted([reader("enforce", "userns,")]));
		expect(words(error)).toMatch(/policy:7: syntax error/);
		const [bookworm, trixie] = await everywhere(loadedModes);
		expect([bookworm?.reader, trixie?.reader]).toEqual(["complain", "enforce"]);
		expect((await attempt(hosts[0] as SandboxHost)).outcome).toBe("read");
	});

	it("the distribution's own profile is left alone", async () => {
		const original = await everywhere((host) => host.run("cat /etc/apparmor.d/lsb_release"));
		const policy = readerPolicy("lsb_release");
		const error = await stack.upError(wanted([reader("enforce"), { name: "lsb_release", mode: "enforce", policy }]));
		expect(words(error)).toContain("lsb_release");
		expect(words(error)).toContain("adopt");
		expect(await everywhere((host) => host.run("cat /etc/apparmor.d/lsb_release"))).toEqual(original);
	});

	it("a process that started before its profile is reported, and restarted where its unit is named", async () => {
		// It waits for somebody to write to the pipe, for ever.
		const unit = `[Service]\nExecStart=${readerPath} /run/app.pipe\n`;
		await everywhere((host) =>
			host.run("mkfifo /run/app.pipe; cat > /etc/systemd/system/app.service; systemctl daemon-reload", { input: unit }),
		);
		await stack.up(wanted([reader("disabled")]));
		await everywhere((host) => host.run("systemctl start app.service"));
		await stack.up(wanted([reader("complain")]));
		const reported = (await stack.project.outputs("test")) as { profiles: { reader: { results: Result[] } } };
		for (const { unconfined } of reported.profiles.reader.results)
			expect(unconfined).toEqual([{ pid: expect.any(Number), comm: "reader", exe: readerPath }]);

		await stack.up(wanted([reader("complain", undefined, { restartUnits: ["app.service"] })]));
		const now = (await stack.project.outputs("test")) as typeof reported;
		for (const { unconfined } of now.profiles.reader.results) expect(unconfined).toEqual([]);
		const labels = await everywhere((host) => host.run("cat /proc/$(systemctl show -P MainPID app)/attr/current"));
		for (const { stdout } of labels) expect(stdout).toContain("reader (complain)");
		await everywhere((host) => host.run("systemctl stop app.service; rm /etc/systemd/system/app.service"));
	});

	it("a reboot keeps profiles and modes, the disabled one unloaded", async () => {
		await stack.up(
			wanted([
				reader("enforce"),
				{ name: "watched", mode: "complain", policy: readerPolicy("watched").replace(readerPath, "/opt/watched") },
				{ name: "asleep", mode: "disabled", policy: readerPolicy("asleep").replace(readerPath, "/opt/asleep") },
			]),
		);
		await everywhere((host) => host.reboot());
		for (const modes of await everywhere(loadedModes)) {
			expect(modes).toMatchObject({ reader: "enforce", watched: "complain" });
			expect(modes).not.toHaveProperty("asleep");
		}
		expect(await everywhere(attempt)).toEqual(hosts.map(() => ({ outcome: "refused", logged: "DENIED" })));
		expect((await stack.up(wanted([reader("enforce")]))).summary).toMatchObject({ delete: 6 });
	});

	it("a destroy leaves nothing", async () => {
		await stack.destroy();
		expect(await everywhere(traces)).toEqual(before);
	});
});

interface Result {
	unconfined: unknown[];
}

describe("a user who is not root", () => {
	const deploy = (host: SandboxHost): HostTarget => ({
		name: host.release,
		connection: { ...host.connection, user: "deploy" },
	});

	it("without a right to sudo: refused in words", async () => {
		const error = await stack.upError(wanted([reader("enforce")], { hosts: hosts.map(deploy) }));
		expect(words(error)).toMatch(/sudo: a password is required/);
		await stack.destroy();
		expect(await everywhere(traces)).toEqual(before);
	});

	it("with the lines of the README in sudoers: the whole way there and back", async () => {
		const lines = [
			"deploy ALL=(root) NOPASSWD: /usr/bin/mkdir -p -m 0755 /usr/local/lib/pulumi-apparmor",
			"deploy ALL=(root) NOPASSWD: /usr/bin/tee /usr/local/lib/pulumi-apparmor/apparmor-agent.sh.*.new",
			"deploy ALL=(root) NOPASSWD: /usr/bin/sh /usr/local/lib/pulumi-apparmor/apparmor-agent.sh.*.new install *",
			"deploy ALL=(root) NOPASSWD: /usr/local/lib/pulumi-apparmor/apparmor-agent.sh",
			"",
		];
		await everywhere((host) => host.run("cat > /etc/sudoers.d/deploy", { input: lines.join("\n") }));
		const { summary } = await stack.up(wanted([reader("enforce")], { hosts: hosts.map(deploy) }));
		expect(summary).toEqual({ create: 8 });
		for (const modes of await everywhere(loadedModes)) expect(modes.reader).toBe("enforce");
		await stack.destroy();
		expect(await everywhere(traces)).toEqual(before);
	});
});
