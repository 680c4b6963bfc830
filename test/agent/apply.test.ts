import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, sha256, shells } from "./host";

beforeAll(prepare);

describe.each(shells)("apply under %s", (shell) => {
	let host: Host;
	const fresh = () => {
		host = new Host(shell);
		return host;
	};
	afterEach(() => host.destroy());

	test.each(["enforce", "complain", "kill", "unconfined"])("installs and loads in %s mode", async (mode) => {
		fresh();
		const text = policy("myapp", mode);
		const run = await host.apply("myapp", mode, text, "--policy-hash", "abc123");
		expect(run).toMatchObject({ status: 0, stderr: "" });
		expect(run.json).toEqual({
			name: "myapp",
			mode,
			loaded: true,
			changed: true,
			policyHash: "abc123",
			restarted: [],
			unconfined: [],
			blocksInComplain: [],
		});
		expect(host.policyFile("myapp")).toBe(text);
		expect(host.loaded("myapp")).toEqual([`myapp (${mode})`]);
		// Others' profiles, of similar names too, are still there.
		expect(host.loaded("myapp2")).toEqual(["myapp2 (complain)"]);
		expect(host.loaded("other")).toEqual(["other (enforce)", "other//child (enforce)"]);
		expect(host.remains().sort()).toEqual([
			"var/lib/pulumi-apparmor/profiles/myapp/declared",
			`var/lib/pulumi-apparmor/profiles/myapp/policy.${sha256(text)}`,
		]);
	});

	test("disabled installs for AppArmor's own disable folder and unloads; enforce loads again", async () => {
		fresh();
		await host.apply("myapp", "enforce", policy("myapp", "enforce", undefined, "helper"));
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)", "myapp//helper (enforce)"]);
		const disabled = await host.apply("myapp", "disabled", policy("myapp", "enforce", undefined, "helper"));
		expect(disabled.json).toMatchObject({ mode: "disabled", loaded: false, changed: true });
		expect(host.loaded("myapp")).toEqual([]);
		expect(host.snapshot()["etc/apparmor.d/disable/myapp"]).toBe("-> etc/apparmor.d/myapp");
		const again = await host.apply("myapp", "disabled", policy("myapp", "enforce", undefined, "helper"));
		expect(again.json).toMatchObject({ mode: "disabled", changed: false });
		const enforced = await host.apply("myapp", "enforce", policy("myapp", "enforce", undefined, "helper"));
		expect(enforced.json).toMatchObject({ mode: "enforce", loaded: true, changed: true });
		expect(host.snapshot()["etc/apparmor.d/disable/myapp"]).toBeUndefined();
	});

	test("the same again changes nothing and asks the parser nothing", async () => {
		fresh();
		const text = policy("myapp", "enforce");
		await host.apply("myapp", "enforce", text);
		const before = host.snapshot();
		host.env = { AGENT_PARSER: "/bin/false" };
		const run = await host.apply("myapp", "enforce", text);
		expect(run).toMatchObject({ status: 0, json: { changed: false, loaded: true } });
		expect(host.snapshot()).toEqual(before);
	});

	test("repairs an edited file, a flipped mode, an unloaded profile", async () => {
		fresh();
		const text = policy("myapp", "enforce");
		await host.apply("myapp", "enforce", text);
		const healthy = host.snapshot();
		for (const [file, damage] of [
			["etc/apparmor.d/myapp", "profile myapp {}\n"],
			["kernel/apparmor/profiles", "myapp (complain)\n"],
			["kernel/apparmor/profiles", ""],
		] as const) {
			host.write(file, damage);
			expect((await host.apply("myapp", "enforce", text)).json).toMatchObject({ changed: true, mode: "enforce" });
			expect(host.policyFile("myapp")).toBe(healthy["etc/apparmor.d/myapp"]);
			expect(host.loaded("myapp")).toEqual(["myapp (enforce)"]);
		}
	});

	test("unloads the children that the new policy no longer declares, and those the kernel made while learning", async () => {
		fresh();
		await host.apply("myapp", "complain", policy("myapp", "complain", undefined, "helper", "stays"));
		const learnt = "myapp//null-/opt/a b (complain)\n";
		host.write("kernel/apparmor/profiles", `${host.read("kernel/apparmor/profiles")}${learnt}`);
		await host.apply("myapp", "complain", policy("myapp", "complain", "/a r,", "stays"));
		expect(host.loaded("myapp")).toEqual([
			"myapp (complain)",
			"myapp//null-/opt/a b (complain)",
			"myapp//stays (complain)",
		]);
		await host.apply("myapp", "enforce", policy("myapp", "enforce", "/a r,", "stays"));
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)", "myapp//stays (enforce)"]);
	});

	test("leaves no cached binary of the old policy behind", async () => {
		fresh();
		host.write("var/cache/apparmor/26b63962.0/myapp", "binary");
		host.write("var/cache/apparmor/26b63962.0/other", "binary");
		await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		expect(host.read("var/cache/apparmor/26b63962.0/myapp")).toBeUndefined();
		expect(host.read("var/cache/apparmor/26b63962.0/other")).toBe("binary");
	});

	test("lists the deny rules that block in complain mode, and in complain mode only", async () => {
		fresh();
		const body = [
			"# deny /comment r,",
			"deny /etc/shadow r, audit deny /etc/gshadow rw, /opt/{a,b} r,",
			"  audit   deny @{HOME}/** w,   # deny /comment2 r,",
			"deny network inet,",
			"deny",
			"/two lines r,",
			"/opt/deny/x r,",
			"audit /opt/y r,",
		].join("\n");
		const complain = await host.apply("myapp", "complain", policy("myapp", "complain", body));
		expect(complain.json.blocksInComplain.map((rule: string) => rule.replaceAll(/\s+/g, " "))).toEqual([
			"deny /etc/shadow r,",
			"audit deny /etc/gshadow rw,",
			"audit deny @{HOME}/** w,",
			"deny network inet,",
			"deny /two lines r,",
		]);
		const enforce = await host.apply("myapp", "enforce", policy("myapp", "enforce", body));
		expect(enforce.json.blocksInComplain).toEqual([]);
	});

	test("lists the processes that run unconfined although they match the attachment", async () => {
		fresh();
		host.process(1, "/sbin/init", "unconfined");
		host.process(20, "/opt/myapp/bin/server", "unconfined", "server");
		host.process(21, "/opt/myapp/bin/server", "myapp (enforce)");
		host.process(22, "/opt/myapp/bin/deep/server", "unconfined");
		host.process(23, '/opt/my "app"\t\\x/ü\n-> $(id)', "unconfined", 'c"\\\t');
		host.process(24, "/opt/tool-b (deleted)", "unconfined", "tool");
		host.process(25, "/opt/tool-z", "unconfined", "tool");
		host.process(26, "/usr/bin/python3.11", "unconfined", "script", ["python3", "/opt/script.py", "x"]);
		host.process(27, "/usr/bin/python3.11", "unconfined", "script", ["python3", "/opt/other.py"]);
		host.write("proc/25/comm", Buffer.from([0x74, 0xc3, 0x0a]));
		host.process(28, "/opt/any/thing", "unconfined");
		const run = await host.apply(
			"myapp",
			"enforce",
			policy("myapp", "enforce"),
			...["/opt/myapp/bin/*", "/opt/tool-{a,{b,z}}", "/opt/script.py", "@{any}/thing"].flatMap((p) => [
				"--attachment",
				p,
			]),
			...["--attachment", '/opt/my "app"*/**'],
		);
		const found = run.json.unconfined as { pid: number; comm: string; exe: string }[];
		expect(found.filter(({ pid }) => pid !== 23).sort((a, b) => a.pid - b.pid)).toEqual([
			{ pid: 20, comm: "server", exe: "/opt/myapp/bin/server" },
			{ pid: 24, comm: "tool", exe: "/opt/tool-b" },
			{ pid: 25, comm: "t?", exe: "/opt/tool-z" },
			{ pid: 26, comm: "script", exe: "/usr/bin/python3.11" },
			{ pid: 28, comm: "thing", exe: "/opt/any/thing" },
		]);
		// Its name holds a line break, so no more than its first line is sure.
		expect(found.find(({ pid }) => pid === 23)).toMatchObject({
			comm: 'c"\\\t',
			exe: expect.stringContaining('/opt/my "app"\t\\x/??'),
		});
	});

	test("restarts the units whose main process is not confined yet, and only those", async () => {
		fresh();
		host.process(30, "/opt/a", "unconfined");
		host.process(31, "/opt/b", "other//&myapp//child (enforce)");
		host.unit("a@1.service", { pid: "30", label: "myapp (enforce)" });
		host.unit("b.service", { pid: "31" });
		host.unit("idle.service", {});
		const units = ["a@1.service", "b.service", "idle.service"].flatMap((unit) => ["--restart", unit]);
		const run = await host.apply("myapp", "enforce", policy("myapp", "enforce"), ...units);
		expect(run.json.restarted).toEqual(["a@1.service"]);
		expect(run.stderr).toContain("idle.service is not running: not restarted");
		const again = await host.apply("myapp", "enforce", policy("myapp", "enforce"), ...units);
		expect(again.json).toMatchObject({ restarted: [], changed: false });
		expect(host.read("units/a@1.service/restarts")).toBe("restart\n");
	});

	test("a caller who is gone is no failure", async () => {
		fresh();
		// Neither stdout nor stderr has a reader any more when the agent comes to write.
		const call = [...shell.split(" "), host.path("host.sh"), "apply", "myapp", "--owner", "o", "--mode", "enforce"];
		const script = '{ until [ -e "$GONE" ]; do sleep 0.1; done; "$@"; echo $? >"$STATUS"; } 2>&1 | : >"$GONE"';
		const env = { ...host.environment(), STATUS: host.path("status"), GONE: host.path("gone") };
		await execa("bash", ["-c", script, "bash", ...call], { env, input: policy("myapp", "enforce") });
		expect(host.read("status")).toBe("0\n");
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)"]);
	});
});
