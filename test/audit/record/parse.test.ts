import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/audit/event";
import { parseAuditRecord } from "../../../src/audit/record/parse";

const id = "audit(1764000000.125:77): ";
const pairs = 'apparmor="DENIED" operation="open" profile="web" name="/srv/a" pid=9 comm="web" requested_mask="r"';
const read: AuditEvent = {
	event: "DENIED",
	epoch: 1764000000.125,
	serial: 77,
	operation: "open",
	profile: "web",
	name: "/srv/a",
	pid: 9,
	comm: "web",
	requested_mask: "r",
};

/** The event of a record with these pairs, less what every one of these records has. */
function pairsOf(text: string): Partial<AuditEvent> | undefined {
	const event = parseAuditRecord(`type=AVC msg=${id}apparmor="DENIED" ${text}`);
	if (!event) return undefined;
	const { event: _kind, epoch: _epoch, serial: _serial, ...rest } = event;
	return rest;
}

describe("where a record stands", () => {
	it.each([
		["auditd", `type=AVC msg=${id}${pairs}`],
		["auditd with node=", `node=web-1 type=AVC msg=${id}${pairs}`],
		["auditd with the type's number", `type=1400 msg=${id}${pairs}`],
		["auditd that does not know the type", `type=UNKNOWN[1400] msg=${id}${pairs}`],
		["audit's dispatcher", `msg=${id}${pairs}`],
		["auditd, a blank before the colon", `type=AVC msg=audit(1764000000.125:77) : ${pairs}`],
		["dmesg", `[   42.123456] audit: type=1400 ${id}${pairs}`],
		["dmesg with a level", `<5>[   42.123456] audit: type=1400 ${id}${pairs}`],
		["dmesg -T", `[Mon Nov 24 16:00:00 2025] audit: type=1400 ${id}${pairs}`],
		["dmesg -x", `kern  :notice: [   42.123456] audit: type=1400 ${id}${pairs}`],
		["/dev/kmsg", `5,812,42123456,-;audit: type=1400 ${id}${pairs}`],
		["a message of the kernel's alone", `audit: type=1400 ${id}${pairs}`],
		["a kernel without `audit: `", `[   42.123456] type=1400 ${id}${pairs}`],
		["a kernel with the type after the serial", `[   42.123456] ${id}type=1503 ${pairs}`],
		["BSD syslog", `Nov 24 16:00:00 web-1 kernel: [   42.123456] audit: type=1400 ${id}${pairs}`],
		["BSD syslog without a stamp", `Nov  4 16:00:00 web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["syslog with a priority", `<5>Nov 24 16:00:00 web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["RFC 3339", `2025-11-24T16:00:00.125Z web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["RFC 3339 with an offset", `2025-11-24T16:00:00.125+01:00 web-1.a.b kernel: audit: type=1400 ${id}${pairs}`],
		["journalctl -o short-iso", `2025-11-24T16:00:00+0100 web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["journalctl -o short-full", `Mon 2025-11-24 16:00:00 UTC web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["journalctl -o short-monotonic", `[   42.123456] web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["RFC 5424", `<5>1 2025-11-24T16:00:00.125Z web-1 kernel - - - [   42.123456] audit: type=1400 ${id}${pairs}`],
		["socklogd", `2025-11-24T16:00:00.12 kern.notice: [   42.123456] audit: type=1400 ${id}${pairs}`],
		["a year to come", `2099-11-24T16:00:00Z web-1 kernel: audit: type=1400 ${id}${pairs}`],
		["auditd's plugin for syslog", `Nov 24 16:00:00 web-1 audisp-syslog[812]: type=AVC msg=${id}${pairs}`],
		["line ends", `type=AVC msg=${id}${pairs}\r\n`],
	])("%s", (_where, line) => {
		expect(parseAuditRecord(line)).toEqual(read);
	});

	it("has neither time nor serial where the line has no audit(…)", () => {
		const { epoch: _epoch, serial: _serial, ...rest } = read;
		expect(parseAuditRecord(`Nov 24 16:00:00 web-1 dbus-daemon[812]: ${pairs}`)).toEqual(rest);
		expect(parseAuditRecord(`Nov 24 16:00:00 web-1 audit[9]: AVC ${pairs}`)).toEqual(rest);
	});
});

describe("the journal", () => {
	const fields = { __REALTIME_TIMESTAMP: "1764000001000000", _HOSTNAME: "web-1" };

	it("reads a kernel message, whose own time wins", () => {
		const MESSAGE = `audit: type=1400 ${id}${pairs}`;
		expect(parseAuditRecord(JSON.stringify({ ...fields, _TRANSPORT: "kernel", MESSAGE }))).toEqual(read);
	});

	it("reads journald's own form of a record, with the time and the serial number beside it", () => {
		const entry = { ...fields, _TRANSPORT: "audit", _AUDIT_ID: "77", _SOURCE_REALTIME_TIMESTAMP: "1764000000125000" };
		expect(parseAuditRecord(JSON.stringify({ ...entry, MESSAGE: `AVC ${pairs}` }))).toEqual(read);
	});

	it("reads a message given as bytes", () => {
		const MESSAGE = [...Buffer.from(`audit: type=1400 ${id}${pairs}`)];
		expect(parseAuditRecord(JSON.stringify({ ...fields, MESSAGE }))).toEqual(read);
	});

	it("reads a D-Bus daemon's message, with the journal's time", () => {
		const entry = { ...fields, SYSLOG_IDENTIFIER: "dbus-daemon", MESSAGE: 'apparmor="DENIED" operation="dbus_bind"' };
		expect(parseAuditRecord(JSON.stringify(entry))).toEqual({
			event: "DENIED",
			epoch: 1764000001,
			operation: "dbus_bind",
		});
	});

	it("reads an export entry, and a binary field in it", () => {
		const message = `AVC ${pairs}`;
		const head = "__CURSOR=s=1\n_TRANSPORT=audit\n_AUDIT_ID=77\n_SOURCE_REALTIME_TIMESTAMP=1764000000125000\n";
		expect(parseAuditRecord(`${head}MESSAGE=${message}\n_HOSTNAME=web-1\n`)).toEqual(read);
		const length = String.fromCharCode(message.length, 0, 0, 0, 0, 0, 0, 0);
		expect(parseAuditRecord(`MESSAGE\n${length}${message}\n${head}`)).toEqual(read);
	});

	it("refuses an entry that is broken or has no record", () => {
		expect(parseAuditRecord(`{"MESSAGE":"audit: type=1400 ${id}apparmor=`)).toBeUndefined();
		expect(parseAuditRecord("{}")).toBeUndefined();
		expect(parseAuditRecord("null")).toBeUndefined();
		expect(parseAuditRecord(JSON.stringify({ ...fields, MESSAGE: "apparmor=1 on the command line" }))).toBeUndefined();
		expect(parseAuditRecord(JSON.stringify({ ...fields, MESSAGE: null }))).toBeUndefined();
	});
});

describe("what became of the access", () => {
	it.each(["DENIED", "ALLOWED", "AUDIT", "HINT", "STATUS", "ERROR"] as const)("%s", (kind) => {
		expect(parseAuditRecord(`type=AVC msg=${id}apparmor="${kind}"`)?.event).toBe(kind);
		expect(parseAuditRecord(`type=APPARMOR_${kind} msg=${id}pid=1`)?.event).toBe(kind);
	});

	it("KILLED, of a profile in kill mode", () => {
		expect(parseAuditRecord(`type=AVC msg=${id}apparmor="KILLED" pid=1`)?.event).toBe("KILLED");
	});

	it.each([
		[1501, "AUDIT"],
		[1502, "ALLOWED"],
		[1503, "DENIED"],
		[1504, "HINT"],
		[1505, "STATUS"],
		[1506, "ERROR"],
		[1507, "KILLED"],
	])("the audit type %i", (type, kind) => {
		expect(parseAuditRecord(`[   42.123456] audit: type=${type} ${id}pid=1`)?.event).toBe(kind);
		expect(parseAuditRecord(`type=UNKNOWN[${type}] msg=${id}pid=1`)?.event).toBe(kind);
	});
});

describe("values", () => {
	it("decodes hex where the kernel encodes", () => {
		expect(pairsOf("name=2F612062 comm=6120 profile=C3A9 target=2F6122 peer=6120 srcname=2F20 execpath=2F20")).toEqual({
			name: "/a b",
			comm: "a ",
			profile: "é",
			target: '/a"',
			peer: "a ",
			srcname: "/ ",
			execpath: "/ ",
		});
	});

	it("keeps bytes that are not UTF-8, each as a lone surrogate", () => {
		expect(pairsOf("name=2FFF41E29883C3")).toEqual({ name: "/\udcffA☃\udcc3" });
	});

	it.each(["name=2F6", "name=2f61", "name=xyz", "name=", "operation=6F70", "pid=0x1", 'pid="1"', "laddr=host"])(
		"refuses %s",
		(pair) => {
			expect(pairsOf(pair)).toBeUndefined();
		},
	);

	it("takes a backslash as it stands, because the kernel escapes nothing", () => {
		expect(pairsOf(String.raw`name="/dev/disk\x2dby" comm="a\" pid=3`)).toEqual({
			name: String.raw`/dev/disk\x2dby`,
			comm: "a\\",
			pid: 3,
		});
	});

	it("takes quotes that a program escaped, commas and apostrophes as part of a value", () => {
		expect(pairsOf(String.raw`info="a \"b\" c, d" name="/it's, so"`)).toEqual({
			info: 'a "b" c, d',
			name: "/it's, so",
		});
	});

	it("does not read a name as a pair", () => {
		const name = '/a" apparmor="ALLOWED" name="/b';
		expect(pairsOf(`name=${Buffer.from(name).toString("hex").toUpperCase()}`)).toEqual({ name });
	});

	it("names protocols", () => {
		expect(pairsOf("protocol=6")).toEqual({ protocol: "tcp" });
		expect(pairsOf("protocol=768")).toEqual({ protocol: "unknown(768)" });
		expect(pairsOf('protocol="udp"')).toEqual({ protocol: "udp" });
	});

	it("keeps an error's sign", () => {
		expect(pairsOf("error=-13")).toEqual({ error: -13 });
	});

	it("has no address for a socket without a name", () => {
		expect(pairsOf('family="unix" addr=none peer_addr="@x"')).toEqual({ family: "unix", peer_addr: "@x" });
	});

	it("passes over keys of kernels to come", () => {
		expect(pairsOf('new_key=7 newer="x y" pid=3')).toEqual({ pid: 3 });
	});

	it("passes over the names of users that auditd's enriched format adds, with and without its 0x1d", () => {
		expect(pairsOf('ouid=5\x1dFSUID="root" OUID="web"')).toEqual({ ouid: 5 });
		expect(pairsOf('ouid=5FSUID="root"')).toEqual({ ouid: 5 });
		expect(pairsOf('target=2F61FSUID="root"')).toEqual({ target: "/a" });
	});

	it.each([
		["net", 'class="net" family="inet6" sock_type="stream" protocol=6 laddr=::1 lport=80 faddr=10.0.0.1 fport=9'],
		[
			"old network keys",
			'class="net" family="inet6" sock_type="stream" protocol=6 saddr=::1 src=80 daddr=10.0.0.1 dest=9',
		],
	])("reads addresses and ports: %s", (_what, text) => {
		expect(pairsOf(text)).toEqual({
			class: "net",
			family: "inet6",
			sock_type: "stream",
			protocol: "tcp",
			laddr: "::1",
			lport: 80,
			faddr: "10.0.0.1",
			fport: 9,
		});
	});

	it.each([
		['signal=term peer="a//b"', { signal: "term", peer: "a//b" }],
		["signal=rtmin+3", { signal: "rtmin+3" }],
		['capability=21  capname="sys_admin"', { capability: 21, capname: "sys_admin" }],
		["rlimit=nofile value=1024", { rlimit: "nofile", value: 1024 }],
		[
			'fstype="ext4" srcname="/dev/sda" flags="rw, remount"',
			{ fstype: "ext4", srcname: "/dev/sda", flags: "rw, remount" },
		],
		[
			'class="io_uring" requested="sqpoll" denied="sqpoll" tcontext="t"',
			{ class: "io_uring", requested: "sqpoll", denied: "sqpoll", peer_profile: "t" },
		],
		[
			'namespace="root//lxd-a_<b>" profile=":ns://p//null-/bin/x"',
			{ namespace: "root//lxd-a_<b>", profile: ":ns://p//null-/bin/x" },
		],
	])("reads %s", (text, expected) => {
		expect(pairsOf(text)).toEqual(expected);
	});
});

describe("records of D-Bus daemons", () => {
	const access =
		'apparmor="DENIED" operation="dbus_signal" bus="system" mask="send" label="a" peer_label="b" method="M"';
	const expected = {
		event: "DENIED",
		epoch: 1764000000.125,
		serial: 77,
		operation: "dbus_signal",
		bus: "system",
		denied_mask: "send",
		profile: "a",
		peer_profile: "b",
		member: "M",
	};

	it("reads the pairs inside of msg='…', not what is said of the daemon", () => {
		const head = `type=USER_AVC msg=${id}pid=640 uid=103 auid=4294967295 ses=4294967295 subj==unconfined msg=`;
		expect(parseAuditRecord(`${head}'${access}'`)).toEqual(expected);
		expect(parseAuditRecord(`${head}'${access} exe="/d" sauid=1 hostname=? addr=? terminal=?'\x1dUID="x"`)).toEqual({
			...expected,
			exe: "/d",
		});
	});

	it("reads the kernel's form, without its last quote, and broken into two lines", () => {
		const head = `Nov 24 16:00:00 web-1 kernel: [   42.123456] audit: type=1107 ${id}pid=640 uid=103 auid=1 ses=1 msg=`;
		expect(parseAuditRecord(`${head}'${access}`)).toEqual(expected);
		expect(parseAuditRecord(`${head}'${access}\n   exe="/d" hostname=?'`)).toEqual({ ...expected, exe: "/d" });
	});

	it("refuses a user record without msg='…'", () => {
		expect(parseAuditRecord(`type=USER_AVC msg=${id}${access}`)).toBeUndefined();
	});
});

describe("what is no record", () => {
	it.each([
		["nothing", ""],
		["blanks", "  \n"],
		["another subsystem", `type=SYSCALL msg=${id}arch=c000003e syscall=2 success=no comm="a"`],
		["SELinux", `type=AVC msg=${id}avc:  denied  { read } for  pid=1 comm="x"`],
		[
			"a user record of PAM's",
			`type=USER_AUTH msg=${id}pid=1 uid=0 auid=0 ses=1 msg='op=PAM:auth acct="root" res=success'`,
		],
		["an unknown kind", `type=AVC msg=${id}apparmor="INVALID" operation="open"`],
		["a bare kind", `type=AVC msg=${id}apparmor=DENIED operation="open"`],
		["no kind", `type=AVC msg=${id}operation="open" profile="a"`],
		["no audit(…)", `type=AVC msg=${pairs}`],
		["a damaged audit(…)", `type=AVC msg=audit(17640=====00.125:77): ${pairs}`],
		["a date in audit(…)", `type=AVC msg=audit(11/24/25 16:00:00.125:77): ${pairs}`],
		["a file's name before it", `audit.log:type=AVC msg=${id}${pairs}`],
		["a program that quotes one", `Nov 24 16:00:00 web-1 sshd[1]: Invalid user ${id}${pairs}`],
		["the pairs alone", pairs],
		["AppArmor's format before 2007", `type=APPARMOR msg=${id}REJECTING r access to /a (b(1) profile c active d)`],
		["the kernel's command line", "[    0.000000] Command line: apparmor=1 security=apparmor"],
		["cut in a quoted value", `type=AVC msg=${id}apparmor="DENIED" operation="open" name="/sr`],
		["cut after an equals sign", `type=AVC msg=${id}apparmor="DENIED" operation="open" name=`],
		["cut in a key", `type=AVC msg=${id}apparmor="DENIED" operation="open" na`],
		["two records in one", `type=AVC msg=${id}${pairs} type=AVC msg=${id}${pairs}`],
		["words after it", `type=AVC msg=${id}${pairs} and more`],
		["a comma between pairs", `type=AVC msg=${id}apparmor="DENIED", operation="open"`],
		["uninitialised memory", `type=AVC msg=${id}apparmor="DENIED" operation="ptrace" pid=1 target=8022C0FF81A0FFFF`],
	])("%s", (_what, line) => {
		expect(parseAuditRecord(line)).toBeUndefined();
	});
});

describe("any text", () => {
	it("is read or refused, never an error, and only a kind is certain", () => {
		const piece = fc.oneof(
			fc.constantFrom(
				"type=AVC msg=",
				id,
				pairs,
				'apparmor="DENIED" ',
				"'",
				'"',
				"\\",
				"\n",
				"msg='",
				"name=",
				"{",
				"[",
			),
			fc.string({ unit: "binary" }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
				const event = parseAuditRecord(pieces.join(""));
				expect(event === undefined || typeof event.event === "string").toBe(true);
			}),
		);
	});

	it("encoded in hex comes back", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
				expect(pairsOf(`name=${Buffer.from(name).toString("hex").toUpperCase()}`)).toEqual({ name });
			}),
		);
	});

	it.each([
		["quotes and backslashes", `type=AVC msg=${id}apparmor="DENIED" name="${'\\"a'.repeat(300_000)}`],
		["pairs", `type=AVC msg=${id}apparmor="DENIED"${" a=b".repeat(250_000)} (`],
		["blanks", `type=AVC msg=${id}${" ".repeat(1_000_000)}x`],
		["words of a key", `type=AVC msg=${id}${"a".repeat(1_000_000)}`],
		["user pairs", `type=USER_AVC msg=${id}${"a=b ".repeat(250_000)}`],
		["equals signs", `type=USER_AVC msg=${id}a${"=".repeat(1_000_000)}`],
		["hex", `type=AVC msg=${id}apparmor="DENIED" name=${"FF".repeat(500_000)}`],
		["open braces", "{".repeat(1_000_000)],
		["journal fields", "A=b\n".repeat(250_000)],
		["binary journal fields", "A\n12345678\n".repeat(90_000)],
		["a host's name", `Nov 24 16:00:00 ${"a".repeat(1_000_000)}`],
		["spaces after a date", `Nov 24 16:00:00 ${" ".repeat(1_000_000)}`],
		["an open stamp", `${"[".repeat(1_000_000)}`],
	])("a megabyte of %s takes no more than 2 s of processor time", (_what, text) => {
		const start = process.cpuUsage();
		parseAuditRecord(text);
		expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
	});
});
