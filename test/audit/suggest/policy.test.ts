import { describe, expect, it } from "vitest";
import { suggestRules } from "../../../src/audit/suggest/suggest";
import type { IncludeReader } from "../../../src/policy/expand/expanded";
import { event, fileEvent, only, ownFileEvent, texts } from "./events";

const files: Record<string, string> = {
	"tunables/global":
		"@{PROC} = /proc/\n@{pid} = {[1-9],[1-9][0-9]*}\n@{tid} = @{pid}\n@{uid} = {0,[1-9]*}\n@{run} = /run/ /var/run/\n@{HOME} = /home/*/ /root/\n@{multiarch} = *-linux-gnu*\n",
	"abstractions/base": "/usr/lib/** mr,\n/dev/null rw,\n/etc/ld.so.cache r,\n@{PROC}/@{pid}/maps r,\n",
	"abstractions/python": "/usr/share/python/** r,\n/opt/py/** r,\n",
	"abstractions/nameservice":
		"/etc/hosts r,\n/etc/nsswitch.conf r,\n/etc/resolv.conf r,\n/etc/krb5.keytab r,\nnetwork inet dgram,\n",
	"abstractions/consoles": "/dev/console rw,\n/dev/tty1 rw,\n/dev/tty2 rw,\n/srv/a r,\n/srv/b r,\n/srv/c r,\n",
};
const include: IncludeReader = (path) => {
	const text = files[path];
	return text === undefined ? undefined : [{ file: path, text }];
};
const policyOf = (...rules: string[]): string =>
	`include <tunables/global>\nprofile app /bin/app {\n${rules.join("\n")}\n}\n`;

describe("what the policy allows already", () => {
	it("is not proposed again", () => {
		const policy = policyOf("/a r,", "capability chown,", "network inet stream,", "signal send peer=b,", "/bin/* ix,");
		const events = [
			fileEvent("/a"),
			event({ operation: "capable", capname: "chown" }),
			event({
				operation: "connect",
				family: "inet",
				sock_type: "stream",
				protocol: "tcp",
				requested_mask: "connect",
				fport: 80,
			}),
			event({ operation: "signal", denied_mask: "send", signal: "term", peer: "b" }),
			event({ operation: "exec", name: "/bin/ls" }),
		];
		expect(texts(events, { policy })).toEqual([]);
		expect(texts(events)).toHaveLength(5);
	});

	it("leaves what is missing of an access", () => {
		expect(texts([fileEvent("/a", "rw")], { policy: policyOf("/a r,") })).toEqual(["/a w,"]);
	});

	it("counts for the owner where it is the owner's", () => {
		const policy = policyOf("owner /a r,");
		expect(texts([ownFileEvent("/a")], { policy })).toEqual([]);
		expect(texts([fileEvent("/a")], { policy })).toEqual(["/a r,"]);
	});

	it("counts in the profile that the record names", () => {
		const policy = "profile app {\n /a r,\n ^H {\n /b r,\n }\n}\n";
		const events = ["/a", "/b"].flatMap((name) => [fileEvent(name), fileEvent(name, "r", { profile: "app//H" })]);
		expect(suggestRules(events, { policy }).map(({ profile, text }) => [profile, text])).toEqual([
			["app", "/b r,"],
			["app//H", "/a r,"],
		]);
	});

	it("includes what it includes", () => {
		const policy = policyOf("include <abstractions/base>");
		expect(texts([fileEvent("/usr/lib/x", "mr"), fileEvent("/proc/77/maps")], { policy, include })).toEqual([]);
	});

	it("has hats and flags", () => {
		const policy = "profile app flags=(attach_disconnected) {\n ^H {\n }\n}\n";
		const events = [
			event({ operation: "change_hat", target: "app//H" }),
			fileEvent("x", "r", { info: "Failed name lookup - disconnected path" }),
		];
		expect(texts(events, { policy })).toEqual(["/x r,"]);
	});
});

it("a child that the policy has not is proposed with its rules, once", () => {
	const child = { profile: "app//c" };
	const created = event({ operation: "change_hat", target: "app//H" });
	const events = [fileEvent("/a", "r", child), fileEvent("/b", "r", { profile: "app//H" }), created];
	expect(
		suggestRules(events, { policy: policyOf() }).map(({ kind, profile, reason }) => [kind, profile, reason]),
	).toEqual([
		["child-profile", "app//H", "the program changes into this hat"],
		["rule", "app//H", "the program needs the file"],
		["rule", "app//c", "the program needs the file"],
		["child-profile", "app//c", "the records are from it, and the policy has it not"],
	]);
});

it("what the policy denies stays denied", () => {
	const policy = policyOf("deny /a r,", "deny capability chown,", "deny /bin/* x,");
	const events = [
		fileEvent("/a"),
		event({ operation: "capable", capname: "chown" }),
		event({ operation: "exec", name: "/bin/ls" }),
	];
	expect(texts(events, { policy })).toEqual([]);
});

it("a policy that cannot be read is refused", () => {
	expect(() => suggestRules([], { policy: "profile app {" })).toThrow(/line 1/);
});

describe("a program that has a profile of its own", () => {
	const policy = `${policyOf()}profile helper /usr/bin/{helper,other} {\n /h r,\n}\n`;
	const exec = event({ operation: "exec", name: "/usr/bin/helper" });

	it("is run in it", () => {
		expect(only([exec], { policy })).toMatchObject({ text: "/usr/bin/helper rPx -> helper,", level: "ok" });
	});

	it("gets the rules for what it did", () => {
		const inNull = (name: string) => fileEvent(name, "r", { profile: "app//null-/usr/bin/helper" });
		expect(only([inNull("/h"), inNull("/i")], { policy })).toMatchObject({ profile: "helper", text: "/i r," });
	});
});

describe("variables", () => {
	const events = [fileEvent("/proc/77/status")];

	it("are used where the policy has them", () => {
		expect(texts(events, { policy: policyOf(), include })).toEqual(["@{PROC}/@{pid}/status r,"]);
		expect(texts(events, { policy: policyOf() })).toEqual(["@{PROC}/@{pid}/status r,"]);
	});

	it("are spelt out where it has not", () => {
		const policy = "profile app {\n}\n";
		expect(texts(events, { policy, include })).toEqual(["/proc/[0-9]*/status r,"]);
		expect(texts(events, { policy })).toEqual(["/proc/[0-9]*/status r,"]);
	});
});

describe("abstractions", () => {
	const base = [fileEvent("/usr/lib/a.so", "mr"), fileEvent("/dev/null", "rw"), fileEvent("/proc/7/maps")];

	it("take the place of what they cover", () => {
		expect(suggestRules([...base, fileEvent("/x")], { include })).toMatchObject([
			{
				kind: "abstraction",
				include: "abstractions/base",
				text: "include <abstractions/base>",
				reason:
					"3 of the accesses that were seen are in it; of its 4 rules it brings nothing else that is not harmless",
				level: "ok",
				provenance: { count: 3 },
			},
			{ kind: "rule", text: "/x r," },
		]);
	});

	it("need the evidence", () => {
		const python = ["/usr/share/python/a", "/opt/py/b"].map((name) => fileEvent(name));
		expect(texts(base.slice(1), { include })).toEqual(["include <abstractions/base>"]);
		expect(texts(base.slice(2), { include })).toHaveLength(1);
		expect(texts(python, { include })).toEqual(["/opt/py/b r,", "/usr/share/python/a r,"]);
		expect(texts(python, { include, evidence: { abstraction: 2 } })).toEqual(["include <abstractions/python>"]);
	});

	it("that open more than was asked for are for a person to look at", () => {
		const name = ["/etc/hosts", "/etc/nsswitch.conf", "/etc/resolv.conf"].map((file) => fileEvent(file));
		expect(only(name, { include })).toMatchObject({
			text: "include <abstractions/nameservice>",
			level: "review",
			needsReview: "it also allows what nothing asked for: it holds keys or says who may become root",
		});
	});

	it("that open as much as they cover are not proposed", () => {
		const some = ["/srv/a", "/srv/b", "/srv/c"].map((file) => fileEvent(file));
		expect(texts(some, { include })).toEqual(["/srv/a r,", "/srv/b r,", "/srv/c r,"]);
	});

	it("are left out where that is asked for, and where their variables are missing", () => {
		expect(texts(base, { include, abstractions: false })).toHaveLength(3);
		expect(texts(base, { include, policy: "profile app {\n}\n" })).toHaveLength(3);
	});
});
