import { describe, expect, it } from "vitest";
import type { Access, Verdict } from "../../../src/policy/compare/access";
import { createAccessChecker } from "../../../src/policy/compare/allows";
import { PolicyError } from "../../../src/policy/errors";
import { expandPolicy } from "../../../src/policy/expand/expand";
import type { ExpandedProfile } from "../../../src/policy/expand/expanded";
import { parsePolicy } from "../../../src/policy/parse/parse";

function profileOf(...rules: string[]): ExpandedProfile {
	const { expanded } = expandPolicy(parsePolicy(`profile myapp {\n${rules.join("\n")}\n}\n`));
	return expanded.profiles[0] as ExpandedProfile;
}

const verdict = (rules: string[], access: Access): Verdict => createAccessChecker(profileOf(...rules)).verdict(access);

const file = (path: string, permissions: string, owner = false): Access => ({
	class: "file",
	path,
	permissions: [...permissions] as ("r" | "w")[],
	owner,
});

describe("createAccessChecker", () => {
	it.each<[rules: string[], access: Access, expected: Verdict]>([
		[["/etc/** r,"], file("/etc/passwd", "r"), "allow"],
		[["/etc/** r,"], file("/etc/passwd", "rw"), "none"],
		[["/etc/** r,"], file("/etc/", "r"), "none"],
		[["/etc/** r,", "deny /etc/shadow r,"], file("/etc/shadow", "r"), "deny"],
		[["/etc/** r,", "audit deny /etc/shadow r,"], file("/etc/shadow", "r"), "deny"],
		[["priority=1 /etc/** r,", "deny /etc/shadow r,"], file("/etc/shadow", "r"), "allow"],
		[["owner /home/*/** rw,"], file("/home/a/b", "w", true), "allow"],
		[["owner /home/*/** rw,"], file("/home/a/b", "w", false), "none"],
		[["/a w,"], file("/a", "a"), "allow"],
		[["/a a,"], file("/a", "w"), "none"],
		[["/a ix,"], file("/a", "m"), "allow"],
		[["/a l,"], file("/a", "l"), "allow"],
		[["link /a -> /b,"], file("/a", "l"), "none"],
		[["link /a -> /b,"], { class: "link", path: "/a", target: "/b", owner: false }, "allow"],
		[["link /a -> /b,"], { class: "link", path: "/a", target: "/c", owner: false }, "none"],
		[["/a px,"], { class: "exec", path: "/a", owner: false }, "allow"],
		[["/a r,"], { class: "exec", path: "/a", owner: false }, "none"],
		[["/** ix,", "deny /a x,"], { class: "exec", path: "/a", owner: false }, "deny"],
		[["file,"], file("/any/thing", "rwlkm"), "allow"],
		[["capability chown,"], { class: "capability", capability: "chown" }, "allow"],
		[["capability chown,"], { class: "capability", capability: "kill" }, "none"],
		[["capability,", "deny capability kill,"], { class: "capability", capability: "kill" }, "deny"],
		[["network inet,"], { class: "network", permissions: ["create"], family: "inet", type: "stream" }, "allow"],
		[["network inet dgram,"], { class: "network", permissions: ["create"], family: "inet", type: "stream" }, "none"],
		[["network (create) inet,"], { class: "network", permissions: ["bind"], family: "inet", type: "raw" }, "none"],
		[["deny network inet6,"], { class: "network", permissions: [], family: "inet6", type: "stream" }, "deny"],
		[
			["network (connect) inet stream peer=(ip=10.0.0.1 port=443),"],
			{
				class: "network",
				permissions: ["connect"],
				family: "inet",
				type: "stream",
				peerAddress: "10.0.0.1",
				peerPort: 443,
			},
			"allow",
		],
		[
			["network (connect) inet stream peer=(ip=10.0.0.1 port=443),"],
			{
				class: "network",
				permissions: ["connect"],
				family: "inet",
				type: "stream",
				peerAddress: "10.0.0.1",
				peerPort: 80,
			},
			"none",
		],
		[
			["network (connect) inet stream peer=(ip=10.0.0.1),"],
			{ class: "network", permissions: ["connect"], family: "inet", type: "stream" },
			"none",
		],
		[
			["signal (send) set=(term) peer=b,"],
			{ class: "signal", permissions: ["send"], signal: "term", peer: "b" },
			"allow",
		],
		[
			["signal (send) set=(term) peer=b,"],
			{ class: "signal", permissions: ["send"], signal: "kill", peer: "b" },
			"none",
		],
		[["signal (send) peer=b,"], { class: "signal", permissions: ["receive"], signal: "term", peer: "b" }, "none"],
		[["signal set=(rtmin+2),"], { class: "signal", permissions: ["send"], signal: "rtmin+2", peer: "b" }, "allow"],
		[["ptrace (read) peer=/usr/**,"], { class: "ptrace", permissions: ["read"], peer: "/usr/bin/x" }, "allow"],
		[["ptrace (read),"], { class: "ptrace", permissions: ["trace"], peer: "x" }, "none"],
		[
			["unix (connect, send) type=stream peer=(addr=@foo label=b),"],
			{ class: "unix", permissions: ["connect"], type: "stream", peerAddress: "@foo", peer: "b" },
			"allow",
		],
		[
			["unix (connect, send) type=stream peer=(addr=@foo label=b),"],
			{ class: "unix", permissions: ["connect"], type: "stream", peerAddress: "@foo", peer: "c" },
			"none",
		],
		[["unix (create),"], { class: "unix", permissions: ["create"], type: "dgram" }, "allow"],
		[["unix (bind) addr=@a*,"], { class: "unix", permissions: ["bind"], type: "stream", address: "@ab" }, "allow"],
		[["unix (bind) addr=@a*,"], { class: "unix", permissions: ["bind"], type: "stream", address: "@b" }, "none"],
		[["network unix stream,"], { class: "unix", permissions: ["send", "getopt"], type: "stream" }, "allow"],
		[
			["dbus send bus=system path=/org/a interface=org.a member=Get peer=(label=b),"],
			{
				class: "dbus",
				permissions: ["send"],
				bus: "system",
				path: "/org/a",
				interface: "org.a",
				member: "Get",
				peer: "b",
			},
			"allow",
		],
		[
			["dbus send bus=system path=/org/a interface=org.a member=Get,"],
			{ class: "dbus", permissions: ["send"], bus: "system", path: "/org/a", interface: "org.a", member: "Set" },
			"none",
		],
		[
			["dbus bind bus=system name=org.*,"],
			{ class: "dbus", permissions: ["bind"], bus: "system", name: "org.a" },
			"allow",
		],
		[["dbus bus=session,"], { class: "dbus", permissions: ["eavesdrop"], bus: "session" }, "allow"],
		[
			["mount fstype=tmpfs options=(rw, nosuid) tmpfs -> /mnt/*/,"],
			{ class: "mount", options: ["nosuid", "rw"], fstype: "tmpfs", source: "tmpfs", target: "/mnt/a/" },
			"allow",
		],
		[
			["mount fstype=tmpfs options=(rw, nosuid) tmpfs -> /mnt/*/,"],
			{ class: "mount", options: ["rw"], fstype: "tmpfs", source: "tmpfs", target: "/mnt/a/" },
			"none",
		],
		[
			["mount options=(rw, bind) /a -> /b,"],
			{ class: "mount", options: ["rw", "bind"], source: "/a", target: "/b" },
			"allow",
		],
		[["remount,"], { class: "mount", options: ["remount", "ro"], target: "/b" }, "allow"],
		[["mount options=(make-rslave) -> /,"], { class: "mount", options: ["rslave"], target: "/" }, "allow"],
		[["umount /a/,"], { class: "umount", target: "/a/" }, "allow"],
		[["umount /a/,"], { class: "umount", target: "/b/" }, "none"],
		[["pivot_root /new/,"], { class: "pivot_root", oldRoot: "/old/", newRoot: "/new/" }, "allow"],
		[["change_profile -> b,"], { class: "change_profile", target: "b" }, "allow"],
		[["change_profile -> b,"], { class: "change_profile", target: "c" }, "none"],
		[["change_profile /x -> b,"], { class: "change_profile", target: "b", exec: "/x" }, "allow"],
		[["change_profile /x -> b,"], { class: "change_profile", target: "b", exec: "/y" }, "none"],
		[["mqueue (read) type=posix /a,"], { class: "mqueue", permissions: ["read"], type: "posix", name: "/a" }, "allow"],
		[["mqueue (read) label=b /a,"], { class: "mqueue", permissions: ["read"], type: "posix", name: "/a" }, "none"],
		[["io_uring (sqpoll) label=b,"], { class: "io_uring", permissions: ["sqpoll"], label: "b" }, "allow"],
		[["io_uring (sqpoll) label=b,"], { class: "io_uring", permissions: ["sqpoll"] }, "none"],
		[["userns create,"], { class: "userns" }, "allow"],
		[[], { class: "userns" }, "none"],
		[["all,"], { class: "ptrace", permissions: ["trace"], peer: "x" }, "allow"],
	])("%j, %j: %s", (rules, access, expected) => {
		expect(verdict(rules, access)).toBe(expected);
	});

	it("takes the file name that a log cannot write as text by its bytes", () => {
		expect(verdict(["/a\\377 r,"], file("/a\udcff", "r"))).toBe("allow");
	});

	it("refuses a pattern that apparmor_parser refuses, and says where it stands", () => {
		const profile = profileOf("/a r,", "/[b r,");
		expect(() => createAccessChecker(profile)).toThrow(PolicyError);
		expect(() => createAccessChecker(profile)).toThrow("line 3, column 1: a pattern of the rule has a [ without its ]");
	});

	it("answers thousands of questions about hundreds of rules in no time", () => {
		const rules = Array.from({ length: 500 }, (_, index) => `/srv/*/d${index}/**.[a-z]og rw,`);
		const checker = createAccessChecker(profileOf(...rules));
		const start = process.cpuUsage();
		const verdicts = Array.from({ length: 20_000 }, (_, index) =>
			checker.verdict(file(`/srv/h${index}/d${index % 600}/x${index}.log`, "w")),
		);
		expect(verdicts.filter((each) => each === "allow")).toHaveLength(16_700);
		expect(process.cpuUsage(start).user / 1e6).toBeLessThan(4);
	});

	it("answers in time where a hostile policy makes every step of a path new", () => {
		const rules = Array.from({ length: 40 }, (_, index) => `/**a${"?".repeat(index)}b${"?".repeat(40)} r,`);
		const checker = createAccessChecker(profileOf(...rules, "/x/** r,"));
		const noise = Array.from({ length: 20_000 }, (_, index) => "ab"[(index * index * 7 + (index >> 3)) % 2]).join("");
		const start = process.cpuUsage();
		checker.verdict(file(`/${noise}`, "r"));
		expect(checker.verdict(file("/x/y", "r"))).toBe("allow");
		expect(process.cpuUsage(start).user / 1e6).toBeLessThan(6);
	}, 60_000);
});
