import { describe, expect, it } from "vitest";
import { event, fileEvent, literal, ownFileEvent, texts } from "./events";

describe("files", () => {
	it("creating and deleting is writing", () => {
		expect(literal(fileEvent("/a", "c"), fileEvent("/b", "d"), fileEvent("/c", "wc"))).toEqual([
			"/a w,",
			"/b w,",
			"/c w,",
		]);
	});

	it("permissions of several records on one file become one rule", () => {
		expect(literal(fileEvent("/a", "r"), fileEvent("/a", "k"), fileEvent("/a", "m"))).toEqual(["/a mrk,"]);
	});

	it("appending is left out where writing is wanted", () => {
		expect(literal(fileEvent("/a", "a"), fileEvent("/a", "w"), fileEvent("/b", "a"))).toEqual(["/a w,", "/b a,"]);
	});

	it("owner stands only where every record's process owns the file", () => {
		expect(literal(ownFileEvent("/a", "r"), ownFileEvent("/a", "w"))).toEqual(["owner /a rw,"]);
		expect(literal(ownFileEvent("/a", "r"), fileEvent("/a", "r"))).toEqual(["/a r,"]);
	});

	it("what only owners needed stands in a rule of its own", () => {
		expect(literal(fileEvent("/a", "r"), ownFileEvent("/a", "rw"))).toEqual(["/a r,", "owner /a w,"]);
	});

	it("old masks say the owner's part before the colons", () => {
		const old = { fsuid: 0, ouid: undefined as never };
		expect(literal(fileEvent("/a", "r::", old), fileEvent("/b", "::r", old))).toEqual(["/b r,", "owner /a r,"]);
	});

	it("a record without a path asks for nothing", () => {
		expect(literal(fileEvent("pipe:[1234]"), fileEvent(""), event({ operation: "open", denied_mask: "r" }))).toEqual(
			[],
		);
	});

	it("an x beside other permissions is left to the exec record", () => {
		expect(literal(fileEvent("/a", "xm"), fileEvent("/b", "x"))).toEqual(["/a m,"]);
	});
});

describe("other classes", () => {
	it.each([
		[{ operation: "capable", capname: "sys_nice" }, "capability sys_nice,"],
		[{ operation: "capable", name: "setuid" }, "capability setuid,"],
		[
			{
				operation: "sendmsg",
				family: "inet",
				sock_type: "stream",
				protocol: "tcp",
				laddr: "10.0.0.1",
				lport: 80,
				faddr: "::1",
				fport: 0,
			},
			"network inet stream ip=10.0.0.1 port=80 peer=(ip=::1),",
		],
		[
			{
				operation: "bind",
				family: "inet",
				sock_type: "stream",
				protocol: "tcp",
				lport: 80,
				fport: 5,
				requested_mask: "bind",
			},
			"network (bind) inet stream port=80,",
		],
		[
			{ operation: "create", family: "netlink", sock_type: "raw", requested_mask: "create" },
			"network (create) netlink raw,",
		],
		[{ operation: "signal", denied_mask: "send", signal: "term", peer: "b" }, "signal send set=term peer=b,"],
		[
			{ operation: "signal", denied_mask: "receive", signal: "rtmin+3", peer: "b c" },
			'signal receive set=rtmin+3 peer="b c",',
		],
		[{ operation: "ptrace", denied_mask: "read", peer: "b" }, "ptrace read peer=b,"],
		[
			{
				operation: "dbus_method_call",
				bus: "system",
				name: "org.x",
				path: "/org/x",
				interface: "org.x.I",
				member: "M",
				denied_mask: "send",
				peer_profile: "b",
			},
			"dbus send bus=system path=/org/x interface=org.x.I member=M peer=(label=b),",
		],
		[
			{ operation: "dbus_bind", bus: "session", name: "org.x", denied_mask: "bind" },
			"dbus bind bus=session name=org.x,",
		],
		[
			{ operation: "dbus_method_call", bus: "session", path: "/org/x", denied_mask: "eavesdrop", peer_profile: "b" },
			"dbus eavesdrop bus=session,",
		],
		[
			{ operation: "mount", class: "mount", name: "/mnt/", srcname: "/dev/sda1", fstype: "ext4", flags: "rw, nosuid" },
			"mount fstype=ext4 options=(nosuid, rw) /dev/sda1 -> /mnt/,",
		],
		[
			{ operation: "mount", class: "mount", name: "/mnt/", srcname: "/a/", fstype: "ext4", flags: "rw, bind" },
			"mount options=(bind, rw) /a/ -> /mnt/,",
		],
		[{ operation: "mount", name: "/", srcname: "none", flags: "rw, rslave" }, "mount options=(rslave, rw) -> /,"],
		[
			{ operation: "mount", class: "mount", name: "/mnt/", flags: "ro, remount" },
			"mount options=(remount, ro) -> /mnt/,",
		],
		[{ operation: "umount", class: "mount", name: "/mnt/" }, "umount /mnt/,"],
		[{ operation: "pivotroot", name: "/new/", srcname: "/new/old/" }, "pivot_root oldroot=/new/old/ /new/,"],
		[
			{ operation: "open", class: "posix_mqueue", name: "/q", requested: "read create", denied: "read" },
			"mqueue read type=posix /q,",
		],
		[{ operation: "sysv_mqueue", class: "sysv_mqueue", name: "12", denied: "create" }, "mqueue create type=sysv 12,"],
		[{ operation: "uring_sqpoll", class: "io_uring", denied: "sqpoll" }, "io_uring sqpoll,"],
		[
			{ operation: "uring_override", class: "io_uring", denied: "override_creds", peer_profile: "b" },
			"io_uring override_creds label=b,",
		],
		[{ operation: "userns_create", class: "namespace", denied: "userns_create" }, "userns create,"],
		[{ operation: "change_profile", target: "b" }, "change_profile -> b,"],
		[{ operation: "change_onexec", name: "b", target: "b" }, "change_profile -> b,"],
		[{ operation: "setrlimit", rlimit: "nofile", value: 4096 }, "set rlimit nofile <= 4096,"],
		[{ operation: "setrlimit", rlimit: "nice", value: 30 }, "set rlimit nice <= -10,"],
		[{ operation: "setrlimit", rlimit: "as", value: 2 ** 64 }, "set rlimit as <= infinity,"],
	])("%j", (record, text) => {
		expect(literal(event(record))).toEqual([text]);
	});

	it("a unix socket's own accesses and those with a peer are two rules", () => {
		const record = event({
			operation: "connect",
			family: "unix",
			sock_type: "stream",
			denied_mask: "create connect",
			peer_addr: "@x",
			peer: "b",
		});
		expect(texts([record])).toEqual([
			"unix (connect) type=stream peer=(addr=@x label=b),",
			"unix (create) type=stream,",
		]);
	});

	it("a unix socket in the file system is a file", () => {
		const record = { operation: "connect", family: "unix", sock_type: "stream", name: "/run/x", denied_mask: "wr" };
		expect(literal(event(record))).toEqual(["/run/x rw,"]);
	});

	it("a unix socket with a name that the kernel made up gets a pattern", () => {
		const record = event({
			operation: "bind",
			family: "unix",
			sock_type: "dgram",
			denied_mask: "bind",
			addr: "@0001f",
		});
		expect(texts([record])).toEqual(["unix (bind) type=dgram addr=@?????,"]);
	});

	it.each([
		[{ operation: "ptrace", peer: "b" }],
		[{ operation: "ptrace", denied_mask: "read", peer: "" }],
		[{ operation: "signal", signal: "term", peer: "b" }],
		[{ operation: "change_profile" }],
		[{ operation: "capable", capname: "x,\n/** rw" }],
		[{ operation: "open", class: "posix_mqueue", name: "/** rw, #", denied: "" }],
		[{ operation: "sysv_mqueue", class: "sysv_mqueue", name: "/x", denied: "read" }],
		[{ operation: "setrlimit", rlimit: "nofile" }],
		[{ operation: "something_new", info: "x" }],
	])("%j asks for nothing", (record) => {
		expect(literal(event(record))).toEqual([]);
	});

	it.each(["AUDIT", "HINT", "STATUS", "ERROR"] as const)("%s is no refusal", (kind) => {
		expect(literal(fileEvent("/a", "r", { event: kind }))).toEqual([]);
	});

	it.each(["DENIED", "ALLOWED", "KILLED"] as const)("%s asks for a rule", (kind) => {
		expect(literal(fileEvent("/a", "r", { event: kind }))).toEqual(["/a r,"]);
	});
});

describe("rules that differ in a set", () => {
	it("signals to one peer become one rule", () => {
		const signal = (name: string) => event({ operation: "signal", denied_mask: "send", signal: name, peer: "b" });
		expect(literal(signal("term"), signal("hup"), signal("term"))).toEqual(["signal send set=(hup, term) peer=b,"]);
	});

	it("without addresses, sockets of one kind become one rule", () => {
		const connection = (port: number) =>
			event({
				operation: "connect",
				family: "inet",
				sock_type: "stream",
				protocol: "tcp",
				requested_mask: "connect",
				fport: port,
			});
		expect(texts([connection(80), connection(443)])).toEqual(["network inet stream,"]);
		expect(literal(connection(80), connection(443))).toHaveLength(2);
	});

	it("many members of a D-Bus interface become the interface", () => {
		const call = (member: string) =>
			event({
				operation: "dbus_method_call",
				bus: "session",
				path: "/x",
				interface: "org.x.I",
				member,
				denied_mask: "send",
				peer_profile: "b",
			});
		const calls = ["A", "B", "C", "D", "E"].map(call);
		expect(texts(calls)).toEqual(["dbus send bus=session path=/x interface=org.x.I peer=(label=b),"]);
		expect(texts(calls.slice(1))).toHaveLength(4);
	});
});
