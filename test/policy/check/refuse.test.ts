import { describe, expect, it } from "vitest";
import { checkPolicy } from "../../../src/policy/check/check";

/** The codes of the errors in a rule, or in rules, of a profile. */
function errorsIn(rules: string): string[] {
	const problems = checkPolicy(`abi <abi/4.0>,\n@{x} = /x /y\nprofile p {\n${rules}\n}\n`);
	return problems.filter(({ severity }) => severity === "error").map(({ code }) => code);
}

function errorsOf(text: string): string[] {
	return checkPolicy(text)
		.filter(({ severity }) => severity === "error")
		.map(({ code }) => code);
}

describe("checkPolicy accepts", () => {
	it.each([
		"capability chown net_raw bpf checkpoint_restore,",
		"signal (send receive) set=(hup, rtmin+32, exists) peer=a,",
		"ptrace (read, tracedby) peer={a,b},",
		"network inet tcp,",
		"network (create bind) inet6 stream,",
		"network packet raw,",
		"unix (connect send) type=stream addr=@a peer=(label=b addr=none),",
		"dbus bind bus=system name=org.x,",
		"dbus send bus=system path=/x interface=org.x member=Get peer=(name=org.x label=y),",
		"mqueue (read create) type=posix label=x /q,",
		"mqueue type=sysv 123,",
		"set rlimit cpu <= 1000ms,\nset rlimit nice <= -20,\nset rlimit as <= 10GB,\nset rlimit nofile <= infinity,",
		"mount options=(ro, nosuid) fstype=ext4 /a -> /b,",
		"mount options=(rw, private) -> /b,",
		"remount options=ro /a,",
		"priority=-1000 audit deny owner /a w,",
		"/a[b-d] r,",
		"owner /a px,\nother /a ix,",
		"/a px -> b,\n/a* ix,",
		"change_profile safe /a -> b,",
		"deny /a rwklmx,",
	])("%s", (rules) => {
		expect(errorsIn(rules)).toEqual([]);
	});
});

describe("checkPolicy refuses in rules", () => {
	it.each([
		["capability CAP_CHOWN,", "unknown-capability"],
		["signal set=(sigterm),", "unknown-signal"],
		["signal set=(rtmin+33),", "unknown-signal"],
		["network inet icmpv6,", "unknown-network"],
		["network inet6 icmp,", "unknown-network"],
		["network ipv4,", "unknown-network"],
		["network inet tcp ip=10.0.0.0/8,", "bad-condition"],
		["network inet tcp port=90-80,", "bad-condition"],
		["network netlink port=80,", "bad-condition"],
		["unix addr=/run/x,", "bad-condition"],
		["unix bind peer=(addr=@a),", "bad-condition"],
		["unix protocol=0,", "unknown-condition"],
		["dbus bind path=/x,", "bad-condition"],
		["dbus send name=org.x,", "bad-condition"],
		["dbus eavesdrop path=/x,", "bad-condition"],
		["dbus label=x,", "bad-condition"],
		["mqueue type=sysv /q,", "bad-condition"],
		["mqueue name,", "bad-condition"],
		["set rlimit nofile <= 10K,", "bad-rlimit"],
		["set rlimit cpu <= 999ms,", "bad-rlimit"],
		["set rlimit nice <= 20,", "bad-rlimit"],
		["set rlimit foo <= 1,", "bad-rlimit"],
		["mount options=(foo),", "unknown-mount-option"],
		["mount options=(ro, rw),", "mount-conflict"],
		["mount options=bind fstype=ext4 /a -> /b,", "mount-conflict"],
		["mount options=(rw, private) /a -> /b,", "mount-conflict"],
		["owner capability chown,", "bad-qualifier"],
		["priority=1001 /a r,", "bad-qualifier"],
		["priority=1 network,", "bad-qualifier"],
		["/a x,", "exec-without-mode"],
		["deny /a px,", "deny-exec-mode"],
		["deny file,", "deny-exec-mode"],
		["/a rwa,", "bad-permissions"],
		["deny { /a px, }", "deny-exec-mode"],
		["audit { deny /a x, }", "exec-without-mode"],
		["/a{b} r,", "bad-glob"],
		["/a[b r,", "bad-glob"],
		["/a[b-] r,", "bad-glob"],
		["/a[] r,", "bad-glob"],
		["/@{nope} r,", "undefined-variable"],
	])("%s", (rules, code) => {
		expect(errorsIn(rules)).toEqual([code]);
	});
});

describe("checkPolicy refuses in profiles", () => {
	it.each([
		["profile a flags=(complian) { }", "unknown-flag"],
		["profile a flags=(complain kill) { }", "conflicting-flags"],
		["profile a flags=(attach_disconnected.path=/x no_attach_disconnected) { }", "conflicting-flags"],
		["profile a flags=(error=EFOO) { }", "bad-flag"],
		["profile a { }\nprofile a { }", "duplicate-profile"],
		["capability chown,", "rule-outside-profile"],
		["owner { }", "rule-outside-profile"],
		["@{a} = b\n@{a} = c", "duplicate-variable"],
	])("%s", (text, code) => {
		expect(errorsOf(text)).toEqual([code]);
	});

	it("names what was meant", () => {
		const [problem] = checkPolicy("profile a {\n  capability CAP_CHOWN,\n}");
		expect(problem).toEqual({
			code: "unknown-capability",
			severity: "error",
			message: "there is no capability CAP_CHOWN (did you mean chown?)",
			line: 2,
			column: 3,
		});
	});
});
