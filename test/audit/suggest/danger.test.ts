import { describe, expect, it } from "vitest";
import { suggestRules } from "../../../src/audit/suggest/suggest";
import { event, fileEvent, only, ownFileEvent } from "./events";

describe("nothing dangerous is proposed without a mark", () => {
	it.each([
		[fileEvent("/etc/shadow")],
		[fileEvent("/etc/gshadow-", "w")],
		[ownFileEvent("/home/alice/.ssh/id_ed25519")],
		[fileEvent("/root/.ssh/authorized_keys", "w")],
		[fileEvent("/etc/ssh/ssh_host_ed25519_key")],
		[fileEvent("/etc/ssl/private/x.pem")],
		[ownFileEvent("/home/alice/.aws/credentials")],
		[fileEvent("/proc/77/mem")],
		[fileEvent("/dev/mem", "rw")],
		[fileEvent("/dev/sda1")],
		[fileEvent("/run/docker.sock", "rw")],
		[fileEvent("/var/run/docker.sock", "w")],
		[fileEvent("/run/containerd/containerd.sock", "w")],
		[fileEvent("/proc/sys/kernel/core_pattern", "w")],
		[fileEvent("/sys/fs/cgroup/x/release_agent", "w")],
		[fileEvent("/etc/cron.d/x", "w")],
		[fileEvent("/usr/bin/x", "w")],
		[fileEvent("/etc/apparmor.d/x", "w")],
		[fileEvent("/sys/kernel/security/apparmor/.load", "w")],
		[event({ operation: "capable", capname: "sys_admin" })],
		[event({ operation: "capable", capname: "sys_module" })],
		[event({ operation: "capable", capname: "dac_override" })],
		[event({ operation: "exec", name: "/usr/bin/sudo" })],
		[event({ operation: "exec", name: "/tmp/x" })],
		[event({ operation: "ptrace", denied_mask: "trace", peer: "unconfined" })],
		[event({ operation: "change_profile", target: "unconfined" })],
		[
			event({
				operation: "dbus_method_call",
				bus: "system",
				interface: "org.freedesktop.systemd1.Manager",
				member: "StartUnit",
				denied_mask: "send",
			}),
		],
	])("%j", (record) => {
		expect(only([record])).toMatchObject({ level: "dangerous", needsReview: expect.stringMatching(/./) });
	});
});

it.each([
	[event({ operation: "mount", class: "mount", name: "/mnt/", flags: "rw" })],
	[event({ operation: "pivotroot", name: "/x/" })],
	[event({ operation: "capable", capname: "setuid" })],
])("%j is for a person to decide", (record) => {
	expect(only([record])).toMatchObject({ level: "review", needsReview: expect.stringMatching(/./) });
});

it.each([
	[fileEvent("/etc/app.conf")],
	[fileEvent("/usr/lib/x/y", "mr")],
	[ownFileEvent("/var/lib/app/x", "rw")],
	[fileEvent("/dev/null", "w")],
	[fileEvent("/etc/passwd")],
	[event({ operation: "capable", capname: "net_bind_service" })],
	[event({ operation: "exec", name: "/usr/bin/id" })],
	[event({ operation: "create", family: "inet", sock_type: "stream" })],
])("%j is harmless", (record) => {
	const suggestion = only([record]);
	expect(suggestion.level).toBe("ok");
	expect(suggestion).not.toHaveProperty("needsReview");
	expect(suggestion.severity).toBeLessThanOrEqual(4);
});

it.each([
	[fileEvent("/home/alice/x")],
	[fileEvent("/srv/app/db-password.txt")],
	[fileEvent("/etc/app.conf", "w")],
	[event({ operation: "exec", name: "/usr/bin/python3.11" })],
	[event({ operation: "capable", capname: "setuid" })],
	[event({ operation: "capable", capname: "made_up" })],
	[event({ operation: "userns_create", class: "namespace", denied: "userns_create" })],
	[event({ operation: "signal", denied_mask: "send", signal: "kill", peer: "other" })],
])("%j is for a person to look at", (record) => {
	expect(only([record])).toMatchObject({ level: "review", needsReview: expect.stringMatching(/./) });
});

it("writing what is mapped as code is for a person to look at", () => {
	expect(only([ownFileEvent("/var/lib/app/jit", "rwm")])).toMatchObject({ level: "review" });
});

it("a rule for many files is as dangerous as the worst of them", () => {
	const files = ["a", "b", "c", "d", "token.txt"].map((name) => fileEvent(`/srv/app/x/${name}`));
	for (const { text, level } of suggestRules(files)) if (text.includes("*")) expect(level).not.toBe("ok");
});
