import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxHost, startHost } from "../../sandbox";
import { capabilities, declare, installLoader, type ParserFrom, startLoader, stopLoader } from "./loader-pod";
import { releasesUnderTest } from "./releases";

const policy = (name: string, rules: string) =>
	`abi <abi/3.0>,\ninclude <tunables/global>\nprofile ${name} flags=(attach_disconnected) {\n  include <abstractions/base>\n  /usr/bin/* rix,\n${rules}\n}\n`;

const parsers: ParserFrom[] = ["node", "image"];

describe.each(releasesUnderTest)("the loader on a real %s kernel, as in its pod", (release) => {
	let host: SandboxHost;

	beforeAll(async () => {
		host = await startHost({ release });
		await installLoader(host);
	});
	afterAll(() => host?.stop());

	const shell = async (script: string) => (await host.run("sh -s", { input: script })).stdout.trim();
	/** "enforce", or nothing. */
	const mode = (name: string) => shell(`sed -n 's/^${name} (\\(.*\\))$/\\1/p' /sys/kernel/security/apparmor/profiles`);
	const mayRead = (name: string, file: string) =>
		shell(`aa-exec -p ${name} -- /usr/bin/cat ${file} >/dev/null 2>&1 && echo yes || echo no`);
	/** Waits until a command of the host succeeds; tells how many milliseconds that took. */
	const until = (condition: string) =>
		shell(`
			start=$(date +%s%N)
			tries=0
			until ${condition}; do
				sleep 0.1
				tries=$((tries + 1))
				[ $tries -lt 600 ] || { cat /run/loader.log >&2; exit 1; }
			done
			echo $((($(date +%s%N) - start) / 1000000))`).then(Number);

	it.each(parsers)("loads with the rights of parser %s only, and the kernel enforces it", async (parser) => {
		await declare(host, { api: policy("api", `  /etc/hostname r, # ${parser}`), web: policy("web", "") });
		const words = await startLoader(host, { parser });
		expect(words).toContain("node node-1: 2 profiles are as declared");
		expect([await mode("api"), await mode("web")]).toEqual(["enforce", "enforce"]);
		expect([await mayRead("api", "/etc/hostname"), await mayRead("api", "/etc/fstab")]).toEqual(["yes", "no"]);
		await stopLoader(host);
		expect(await mode("api")).toBe("enforce");
		expect(await shell("ls /etc/apparmor.d | grep -x -e api -e web || true")).toBe("");
	});

	it("cannot load without CAP_MAC_ADMIN, and says so", async () => {
		await declare(host, { late: policy("late", "") });
		const words = await startLoader(host, { capabilities: capabilities.node.replace("+mac_admin,", "") });
		expect(words).toMatch(
			/the policy of late could not be loaded; what the node had of it stays: .*(privileges|denied)/i,
		);
		expect(await mode("late")).toBe("");
	});

	it("puts back at once what is unloaded or replaced by hand", async () => {
		await declare(host, { api: policy("api", "  /etc/hostname r,") });
		await startLoader(host);
		await shell("printf api >/sys/kernel/security/apparmor/.remove");
		const unloaded = await until("grep -qx 'api (enforce)' /sys/kernel/security/apparmor/profiles");
		await until("grep -q 'api was unloaded: it is loaded again' /run/loader.log");
		await shell("echo 'profile api flags=(complain) { /** r, }' | apparmor_parser -q -r -K");
		const replaced = await until("grep -qx 'api (enforce)' /sys/kernel/security/apparmor/profiles");
		// The same mode, so that only the content tells.
		await until("grep -q 'api was replaced by other policy (in complain mode)' /run/loader.log");
		await shell("echo 'profile api { /** rix, }' | apparmor_parser -q -r -K");
		const edited = await until("grep -q 'api was replaced by other policy (in enforce mode)' /run/loader.log");
		await until("! aa-exec -p api -- /usr/bin/cat /etc/fstab >/dev/null 2>&1");
		expect(Math.max(unloaded, replaced, edited)).toBeLessThan(60_000);
	});

	it("takes no time at rest and little memory", async () => {
		await declare(host, { api: policy("api", "  /etc/hostname r,") });
		await startLoader(host);
		await until(
			"pgrep -P $(cat /run/loader.pid) -x dd >/dev/null && sleep 3 && pgrep -P $(cat /run/loader.pid) -x dd >/dev/null",
		);
		const ticks = "cat /proc/$(cat /run/loader.pid)/stat | cut -d ' ' -f 14-17";
		const before = await shell(ticks);
		await shell("sleep 20");
		expect(await shell(ticks)).toBe(before);
		const kilobytes = await shell(
			"cd /proc; cat $(cat /run/loader.pid)/smaps_rollup $(pgrep -P $(cat /run/loader.pid))/smaps_rollup | grep '^Rss:' | tr -dc '0-9\\n'",
		);
		const total = kilobytes.split("\n").reduce((sum, line) => sum + Number(line), 0);
		expect(total).toBeGreaterThan(100);
		expect(total).toBeLessThan(16 * 1024);
		expect(await stopLoader(host)).toBeLessThan(10_000);
	});

	it("keeps the old policy where the parser refuses the new one, even if that shows only when it is compiled", async () => {
		await declare(host, { api: policy("api", "  /etc/hostname r,") });
		await startLoader(host);
		await declare(host, {
			api: policy("api", "  /opt/* px -> a,\n  /opt/* px -> b,"),
			other: policy("other", ""),
			wrong: policy("wrong", "  /etc/hostname rq,"),
		});
		const words = await startLoader(host);
		expect(words).toContain("apparmor_parser refuses the policy of wrong");
		expect(words).toMatch(/line 6: syntax error.*\(line 6 of the rendered policy: " {2}\/etc\/hostname rq,"\)/);
		expect(words).toMatch(
			/the policy of api could not be loaded; what the node had of it stays: .*conflicting x modifiers/,
		);
		expect(words).toContain("node node-1: 2 of 3 profiles are not as declared");
		expect([await mode("api"), await mode("other"), await mode("wrong")]).toEqual(["enforce", "enforce", ""]);
		expect(await mayRead("api", "/etc/hostname")).toBe("yes");
	});

	it.each(parsers)(
		"with parser %s, unloads what is no longer declared once its last process is gone",
		async (parser) => {
			await declare(host, { used: policy("used", `  # ${parser}`) });
			await startLoader(host, { parser });
			await stopLoader(host);
			await shell("aa-exec -p used -- /usr/bin/sleep 1000 >/dev/null 2>&1 & echo $! >/run/used.pid");
			await until('grep -q "^used " /proc/$(cat /run/used.pid)/attr/current');
			await declare(host, { other: policy("other", "") });
			await startLoader(host, { parser });
			await shell("sleep 6");
			expect(await mode("used")).toBe("enforce");
			expect(await shell("cat /proc/$(cat /run/used.pid)/attr/current")).toBe("used (enforce)");
			await shell("kill $(cat /run/used.pid)");
			await until("! grep -q '^used ' /sys/kernel/security/apparmor/profiles");
			await until("grep -q 'unloaded used, which is no longer declared and has no process' /run/loader.log");
			await stopLoader(host);
		},
	);

	it("killed with SIGKILL while it loads, it completes at its next start", async () => {
		await declare(host, { cut: policy("cut", "  /etc/hostname r,"), last: policy("last", "") });
		await startLoader(host);
		await declare(host, { cut: policy("cut", "  /etc/fstab r,"), last: policy("last", "  /etc/fstab r,") });
		await stopLoader(host, "KILL");
		await host.run(
			"POD=cut NODE_NAME=node-1 AGENT_OWNER=org/shop/dev/profiles setsid pod node +mac_admin,+sys_chroot sh /opt/pulumi-apparmor/apparmor-agent.sh serve /opt/declared </dev/null >/dev/null 2>&1 & until pgrep apparmor_parser >/dev/null; do :; done; pkill -KILL -f '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve'",
		);
		expect(await mode("cut")).toBe("enforce");
		await startLoader(host, { pod: "cut" });
		expect([await mayRead("cut", "/etc/hostname"), await mayRead("cut", "/etc/fstab")]).toEqual(["no", "yes"]);
		expect(await mayRead("last", "/etc/fstab")).toBe("yes");
	});

	it("refuses what another distribution has on the node, and names both", async () => {
		const words = await startLoader(host, { owner: "org/shop/production/profiles" });
		expect(words).toContain(
			"the profile cut is declared by org/shop/dev/profiles; org/shop/production/profiles cannot have it on the same node",
		);
		expect(await mode("cut")).toBe("enforce");
	});

	it("after a reboot nothing is loaded until it starts again, and then all is, without anybody's leave", async () => {
		await host.reboot();
		expect(await mode("cut")).toBe("");
		const words = await startLoader(host, { owner: "org/shop/production/profiles" });
		expect(words).toContain("2 profiles are as declared");
		expect([await mode("cut"), await mode("last")]).toEqual(["enforce", "enforce"]);
		await stopLoader(host);
	});

	it("loads 100 profiles with two calls of the parser", async () => {
		const many = Object.fromEntries(
			Array.from({ length: 100 }, (_, index) => [`many${index}`, policy(`many${index}`, `  /opt/${index}/** r,`)]),
		);
		await declare(host, many);
		const start = Date.now();
		const words = await startLoader(host, { owner: "org/many" });
		console.log(`${release}: 100 profiles in ${Math.round((Date.now() - start) / 100) / 10} s`);
		expect(words).toContain("100 profiles are as declared");
		expect(await shell("grep -c '^many[0-9]* (enforce)' /sys/kernel/security/apparmor/profiles")).toBe("100");
	});
});
