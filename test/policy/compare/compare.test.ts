import { describe, expect, it } from "vitest";
import { type Change, comparePolicies } from "../../../src/policy/compare/compare";
import { PolicyErrors } from "../../../src/policy/parse/parse";

const profile = (...rules: string[]): string =>
	`profile myapp /bin/myapp {\n${rules.map((rule) => `\t${rule}\n`).join("")}}\n`;

/** The changes from one list of rules to another, each as `direction: class permissions example`. */
function changes(before: string | string[], after: string | string[]): string[] {
	const text = (rules: string | string[]): string => profile(...(Array.isArray(rules) ? rules : [rules]));
	const { widened, narrowed, auditChanged } = comparePolicies(text(before), text(after));
	const words = (direction: string, { class: of, permissions, example }: Change): string =>
		[`${direction}:`, of, permissions.join(","), example].filter((word) => word).join(" ");
	return [
		...widened.map((change) => words("widened", change)),
		...narrowed.map((change) => words("narrowed", change)),
		...auditChanged.map((change) => words("audit", change)),
	];
}

describe("a change", () => {
	it("names the rule, its place, what it allows and an example", () => {
		const before = profile("/etc/myapp.conf r,");
		const after = profile("/etc/myapp.conf r,", "/etc/** rw,");
		expect(comparePolicies(before, after, { files: ["old", "new"] })).toEqual({
			equal: false,
			widened: [
				{
					profile: "myapp",
					class: "file",
					rule: "/etc/** rw,",
					in: "b",
					file: "new",
					line: 3,
					permissions: ["r", "w"],
					example: "/etc/a",
					text: 'myapp: newly allowed by "/etc/** rw," (new line 3): file r w, for example /etc/a',
				},
			],
			narrowed: [],
			auditChanged: [],
		});
	});

	it("names the rule of the first policy where that is what is missing", () => {
		const { narrowed } = comparePolicies(profile("/etc/** r,", "/srv/ r,"), profile("/srv/ r,"));
		expect(narrowed.map(({ rule, in: side, line, text }) => ({ rule, side, line, text }))).toEqual([
			{
				rule: "/etc/** r,",
				side: "a",
				line: 2,
				text: 'myapp: no longer allowed without "/etc/** r," (line 2 of the first): file r, for example /etc/a',
			},
		]);
	});

	it("is said to come from the include that the rule stands in", () => {
		const include = (path: string) => [{ file: `/policy/${path}`, text: "\n/etc/passwd r,\n" }];
		const after = profile("include <abstractions/names>");
		const [change] = comparePolicies(profile(), after, { include }).widened;
		expect(change).toMatchObject({ file: "/policy/abstractions/names", line: 2, example: "/etc/passwd" });
	});
});

describe("what is the same in effect is equal", () => {
	it.each<[why: string, before: string[], after: string[]]>([
		["order", ["/a r,", "/b w,"], ["/b w,", "/a r,"]],
		["two rules and one", ["/a rw,"], ["/a r,", "/a w,"]],
		["a rule within another", ["/a/** r,", "/a/b r,"], ["/a/** r,"]],
		["another pattern for the same", ["/{a,b} r,"], ["/[ab] r,"]],
		["two rules and an alternation", ["/a r,", "/b r,"], ["/{b,a} r,"]],
		["`allow`", ["/a r,"], ["allow /a r,"]],
		["owner and others", ["/a r,"], ["owner /a r,", "other /a r,"]],
		["`w` is `a` too", ["/a w,"], ["/a w,", "/a a,"]],
		["who inherits the profile maps", ["/a ix,"], ["/a mix,"]],
		["everything about files", ["file,"], ["/{**,} mrwlkix,"]],
		["a denial of what is not allowed, logged", ["/a r,"], ["/a r,", "audit deny /b w,"]],
		["a priority that nothing contests", ["/a r,"], ["priority=5 /a r,"]],
		["a rule under a denial", ["deny /a w,"], ["deny /a w,", "/a w,"]],
		["a denial under a rule of a higher priority", ["/a w,"], ["priority=1 /a w,", "deny /a w,"]],
		["network protocols that are a type", ["network inet tcp,"], ["network inet stream,"]],
		["a type for two families", ["network tcp,"], ["network inet stream,", "network inet6 stream,"]],
		["dbus permissions that follow from the conditions", ["dbus name=a.b,"], ["dbus bind name=a.b,"]],
		["unit of a limit", ["set rlimit memlock <= 2MB,"], ["set rlimit memlock <= 2048KB,"]],
		["the last limit", ["set rlimit nofile <= 1,", "set rlimit nofile <= 2,"], ["set rlimit nofile <= 2,"]],
		["mount options in other words", ["mount options=(ro),"], ["mount options=(read-only),"]],
		["options that may be either", ["mount options in (rw),"], ["mount options in (ro, rw),"]],
		["a child by its full name", ["/a cx -> b,"], ["/a px -> myapp//b,"]],
		["`safe`", ["safe /a px,"], ["/a Px,"]],
		["signals of two rules", ["signal set=(hup term),"], ["signal set=(term),", "signal set=(hup),"]],
		["any profile", ["change_profile,"], ["change_profile -> **,"]],
		["capabilities apart", ["capability kill chown,"], ["capability chown,", "capability kill,"]],
	])("%s", (_, before, after) => {
		expect(changes(before, after)).toEqual([]);
		expect(changes(after, before)).toEqual([]);
	});
});

describe("what differs in effect has a direction", () => {
	it.each<[before: string | string[], after: string | string[], ...expected: string[]]>([
		["/a r,", "/a rw,", "widened: file w /a"],
		["/etc/* r,", "/etc/** r,", "widened: file r /etc/a/"],
		["/a/[ab] r,", "/a/[bc] r,", "widened: file r /a/c", "narrowed: file r /a/a"],
		["owner /a r,", "/a r,", "widened: file other r /a"],
		["/a r,", "audit /a r,", "audit: file r /a"],
		[[], "deny /a w,", "audit: file w /a"],
		["/a/* r,", ["/a/* r,", "audit deny /a/b r,"], "narrowed: file r /a/b"],
		["/a x,".replace("x", "px"), "/a Px,", "narrowed: file x /a"],
		["/a px,", "/a ux,", "widened: file x /a"],
		["/a px,", "/a pix,", "widened: file m /a", "widened: file x /a"],
		["/a Px -> b,", "/a Px -> c,", "widened: file x /a", "narrowed: file x /a"],
		[["/a* ux,"], ["/a* ux,", "/ab px,"], "narrowed: file x /ab"],
		["/a l,", [], "narrowed: file l /a -> /a"],
		["link /a -> /b,", "link /a -> /{b,c},", "widened: link l /a -> /c"],
		["link subset /a -> /b,", "link /a -> /b,", "widened: link l /a -> /b"],
		["capability kill,", "deny capability kill,", "narrowed: capability kill"],
		["capability kill,", "audit capability kill,", "audit: capability kill"],
		[[], "deny capability kill,", "audit: capability kill"],
		[
			"network inet stream,",
			"network inet dgram,",
			"widened: network create,bind,listen,accept,connect,shutdown,getattr,setattr,getopt,setopt,send,receive inet dgram",
			"narrowed: network create,bind,listen,accept,connect,shutdown,getattr,setattr,getopt,setopt,send,receive inet stream",
		],
		["network (send) inet stream,", "network (send, receive) inet stream,", "widened: network receive inet stream"],
		[
			"network (send) inet stream port=80,",
			"network (send) inet stream port=80-81,",
			"widened: network send inet stream port=81",
		],
		["signal (send) set=(term),", "signal (send) set=(term kill),", "widened: signal send set=kill peer=a"],
		["signal (send) peer=b,", "signal (send) peer={b,c},", "widened: signal send set=int peer=c"],
		["ptrace (read),", "ptrace (trace),", "widened: ptrace trace peer=a", "narrowed: ptrace read peer=a"],
		[
			"dbus send bus=system,",
			"dbus send bus=session,",
			"widened: dbus send bus=session",
			"narrowed: dbus send bus=system",
		],
		["dbus bind name=org.a,", "dbus bind name=org.*,", "widened: dbus bind name=org."],
		["unix (bind) addr=@a,", "unix (bind) addr=@[ab],", "widened: unix bind unix dgram addr=@b"],
		[
			"mount options=(ro) /a -> /b,",
			"mount options=(rw) /a -> /b,",
			"widened: mount mount /a -> /b",
			"narrowed: mount mount options=(ro) /a -> /b",
		],
		["umount /a,", "umount /{a,b},", "widened: mount umount /b"],
		["pivot_root oldroot=/o/ /n/,", "pivot_root /n/,", "widened: pivot_root pivot_root /n/"],
		["mqueue (read) type=posix /a,", "mqueue (read, write) type=posix /a,", "widened: mqueue write /a"],
		["mqueue (read) type=sysv 1,", "mqueue (read) type=sysv 2,", "widened: mqueue read 2", "narrowed: mqueue read 1"],
		["io_uring sqpoll,", "io_uring,", "widened: io_uring override_creds,cmd"],
		[[], "userns,", "widened: userns create"],
		["change_profile /a -> b,", "change_profile unsafe /a -> b,", "widened: change_profile unsafe /a -> b"],
		["set rlimit nofile <= 10,", "set rlimit nofile <= 20,", "widened: rlimit"],
		["set rlimit cpu <= 2 minutes,", "set rlimit cpu <= 60,", "narrowed: rlimit"],
		[[], "set rlimit nofile <= 10,", "narrowed: rlimit"],
		["prompt /a r,", "/a r,", "widened: file r /a"],
		["prompt /a r,", [], "narrowed: file r /a"],
	])("%s => %s", (before, after, ...expected) => {
		expect(changes(before, after)).toEqual(expected);
	});

	it.each([
		["an alternation is no wildcard", "/a{b,c} px,", ["narrowed: file x /ab"]],
		["a class is no wildcard", "/a[bc] px,", ["narrowed: file x /ab"]],
	])("of executions, of which the rule without wildcards decides: %s", (_, special, expected) => {
		expect(changes("/a* ux,", ["/a* ux,", special])).toEqual(expected);
	});

	it("is the contrary the other way round", () => {
		expect(changes("/a/** rw,", "/a/* r,")).toEqual(["narrowed: file r,w /a/a/"]);
	});

	it("is told of what `all,` leaves, class by class", () => {
		const classes = comparePolicies(profile("all,"), profile("file,")).narrowed.map((change) => change.class);
		expect(new Set(classes)).toEqual(
			new Set([
				"network",
				"dbus",
				"signal",
				"ptrace",
				"mount",
				"umount",
				"pivot_root",
				"mqueue",
				"io_uring",
				"userns",
				"capability",
			]),
		);
	});
});

describe("a profile's header", () => {
	const header = (text: string): string => `profile ${text} {\n\t/a r,\n}\n`;
	const texts = (before: string, after: string): string[] => {
		const { widened, narrowed, auditChanged } = comparePolicies(before, after);
		return [
			...widened.map(({ text }) => `widened: ${text}`),
			...narrowed.map(({ text }) => `narrowed: ${text}`),
			...auditChanged.map(({ text }) => `audit: ${text}`),
		];
	};

	it.each<[before: string, after: string, ...expected: string[]]>([
		["a /x flags=(complain)", "a /x", "narrowed: a: its mode is enforce, it was complain"],
		["a /x", "a /x flags=(unconfined)", "widened: a: its mode is unconfined, it was enforce"],
		["a /x", "a /x flags=(attach_disconnected)", "widened: a: it has the flag attach_disconnected now"],
		["a /x flags=(audit)", "a /x", "audit: a: it has lost the flag audit"],
		["a /x", "a /{x,y}", "narrowed: a: it attaches to /y too"],
		["a /x*", "a /x", "widened: a: it no longer attaches to /xa"],
		["a /{x,y}", "a /[xy]"],
		["a /x flags=(enforce)", "a /x"],
	])("%s => %s", (before, after, ...expected) => {
		expect(texts(header(before), header(after))).toEqual(expected);
	});

	it("is told of when it is new or gone", () => {
		const [one, two] = [header("a /x"), `${header("a /x")}${header("b /y")}`];
		expect(texts(one, two)).toEqual(["narrowed: b: the profile is new"]);
		expect(texts(two, one)).toEqual(["widened: b: the profile is gone"]);
		const child = "profile a /x {\n\t/a r,\n\tprofile c {\n\t}\n}\n";
		expect(texts(one, child).filter((text) => text.includes("a//c"))).toEqual([
			"widened: a//c: the child profile is new",
		]);
	});
});

describe("text that cannot be read", () => {
	it.each([
		["no rule", "profile a { nonsense }"],
		["an undefined variable", "profile a { @{NO}/x r, }"],
		["a broken pattern", "profile a { /[x r, }"],
		["a broken attachment", "profile a /{x { /a r, }"],
	])("throws the policy's errors: %s", (_, text) => {
		expect(() => comparePolicies(profile(), text)).toThrow(PolicyErrors);
		expect(() => comparePolicies(text, profile())).toThrow(PolicyErrors);
	});
});

describe("hostile policies", () => {
	const many = (make: (index: number) => string, count: number): string =>
		profile(...Array.from({ length: count }, (_, index) => make(index)));

	it.each([
		["10,000 rules", many((index) => `/srv/${index}/** r,`, 10_000), many((index) => `/srv/${index}/** rw,`, 10_000)],
		["a long alternation", profile(`/{${"ab,".repeat(300_000)}c} r,`), profile(`/{${"ab,".repeat(300_000)}c} rw,`)],
		["many ports", many((index) => `network inet stream port=${index}-65535,`, 500), profile("network,")],
	])(
		"are compared in time: %s",
		(_, before, after) => {
			const start = process.cpuUsage();
			expect(comparePolicies(before, after).widened.length).toBeGreaterThan(0);
			expect(process.cpuUsage(start).user / 1e6).toBeLessThan(6);
		},
		60_000,
	);

	it("are reported rule by rule where they cannot be told apart", () => {
		const wild =
			(permissions: string) =>
			(index: number): string =>
				`/**${String.fromCharCode(97 + index)}** ${permissions},`;
		const { equal, widened, narrowed } = comparePolicies(many(wild("r"), 24), many(wild("w"), 24));
		expect(equal).toBe(false);
		expect(new Set(widened.map(({ rule }) => rule)).size).toBe(24);
		expect(new Set(narrowed.map(({ rule }) => rule)).size).toBe(24);
		expect(widened.some(({ text }) => text.includes("too intricate to compare exactly"))).toBe(true);
	});
});
