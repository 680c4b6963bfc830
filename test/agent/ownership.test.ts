import * as fs from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

const mine = policy("myapp", "enforce");
const theirs = "profile myapp /opt/old flags=(complain) {\n  profile kid { }\n}\n";

describe.each(shells)("ownership under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	/** Another's profile, as a package would have brought it. */
	function foreign(file: string, text = theirs): void {
		host = new Host(shell);
		host.write(`etc/apparmor.d/${file}`, text);
		host.write("kernel/apparmor/profiles", "myapp (complain)\nmyapp//kid (complain)\nother (enforce)\n");
		host.write("kernel/loaded/myapp", text);
	}

	const kernelAndFiles = () => {
		const { "kernel/apparmor/profiles": profiles, "kernel/lock": _, ...files } = host.snapshot();
		return { ...files, profiles: profiles?.split("\n").sort() };
	};

	test.each(["myapp", "opt.old"])("a foreign profile in %s is refused, adopted, and given back", async (file) => {
		foreign(file);
		const before = kernelAndFiles();
		const refused = await host.apply("myapp", "enforce", mine);
		expect(refused).toMatchObject({ status: 1, stdout: "" });
		expect(refused.stderr).toContain(
			`there is already a profile myapp in ${host.path("etc/apparmor.d", file)}, loaded in complain mode`,
		);
		expect(kernelAndFiles()).toEqual(before);

		expect((await host.remove("myapp")).json).toEqual({ name: "myapp", removed: false });
		expect(kernelAndFiles()).toEqual(before);

		const adopted = await host.apply("myapp", "enforce", mine, "--adopt");
		expect(adopted).toMatchObject({ status: 0, json: { changed: true, mode: "enforce" } });
		expect(host.policyFile("myapp")).toBe(mine);
		expect(host.loaded("myapp")).toEqual(["myapp (enforce)"]);
		if (file !== "myapp") {
			expect(host.policyFile(file)).toBe(theirs);
			expect(host.snapshot()[`etc/apparmor.d/disable/${file}`]).toBe(`-> etc/apparmor.d/${file}`);
		}
		expect((await host.apply("myapp", "enforce", mine, "--adopt")).json).toMatchObject({ changed: false });

		expect((await host.remove("myapp")).json).toEqual({ name: "myapp", removed: true });
		expect(kernelAndFiles()).toEqual(before);
	});

	test("a foreign profile that was disabled is given back disabled", async () => {
		foreign("myapp");
		host.write("kernel/apparmor/profiles", "other (enforce)\n");
		fs.rmSync(host.path("kernel/loaded/myapp"));
		fs.symlinkSync(host.path("etc/apparmor.d/myapp"), host.path("etc/apparmor.d/disable/myapp"));
		const before = kernelAndFiles();
		expect((await host.apply("myapp", "enforce", mine, "--adopt")).json).toMatchObject({ mode: "enforce" });
		await host.remove("myapp");
		expect(kernelAndFiles()).toEqual(before);
	});

	test("a profile that is only loaded is refused; adopted, there is nothing to give back", async () => {
		foreign("myapp");
		fs.rmSync(host.path("etc/apparmor.d/myapp"));
		const refused = await host.apply("myapp", "enforce", mine);
		expect(refused.stderr).toContain("there is already a profile myapp, loaded in complain mode,");
		expect(await host.apply("myapp", "enforce", mine, "--adopt")).toMatchObject({ status: 0 });
		const removed = await host.remove("myapp");
		expect(removed.stderr).toContain("there is no file of it");
		expect(host.loaded("myapp")).toEqual([]);
	});

	test("a file that declares other profiles too cannot be adopted", async () => {
		foreign("opt.old", `profile also /x {\n}\n${theirs}`);
		const before = kernelAndFiles();
		const refused = await host.apply("myapp", "enforce", mine, "--adopt");
		expect(refused).toMatchObject({ status: 1 });
		expect(refused.stderr).toContain("declares other profiles too: also");
		expect(kernelAndFiles()).toEqual(before);
	});

	test("a file that only mentions the name is no hindrance", async () => {
		host = new Host(shell);
		host.write("etc/apparmor.d/opt.tool", "profile tool /opt/tool {\n  /opt/myapp px -> myapp,\n}\n");
		expect(await host.apply("myapp", "enforce", mine)).toMatchObject({ status: 0 });
	});

	test("another stack's profile is refused by its owner's name, and adopted", async () => {
		host = new Host(shell);
		await host.apply("myapp", "enforce", mine);
		const other = ["apply", "myapp", "--owner", "org/app/other stack", "--mode", "complain"];
		const refused = await host.run(other, policy("myapp", "complain"));
		expect(refused).toMatchObject({ status: 1 });
		expect(refused.stderr).toContain("declared by org/app/dev: remove it there, or adopt it");
		expect((await host.remove("myapp", "org/app/other stack")).json).toEqual({ name: "myapp", removed: false });
		expect(host.policyFile("myapp")).toBe(mine);
		expect(await host.run([...other, "--adopt"], policy("myapp", "complain"))).toMatchObject({ status: 0 });
		const late = await host.remove("myapp");
		expect(late).toMatchObject({ status: 0, json: { removed: false } });
		expect(late.stderr).toContain("declared by org/app/other stack now: left alone");
		expect(host.loaded("myapp")).toEqual(["myapp (complain)"]);
	});
});

describe.each(shells)("remove under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	test("leaves nothing, and no cached binary", async () => {
		host = new Host(shell);
		const before = host.snapshot();
		await host.apply("myapp", "disabled", policy("myapp", "enforce", undefined, "kid"));
		await host.apply("myapp", "enforce", policy("myapp", "enforce", undefined, "kid"));
		host.write("var/cache/apparmor/1.0/myapp", "binary");
		expect(await host.remove("myapp")).toMatchObject({ status: 0, stderr: "", json: { name: "myapp", removed: true } });
		const { "kernel/lock": _, ...after } = host.snapshot();
		expect(after).toEqual(before);
	});

	test("what was deleted by hand already is no failure", async () => {
		host = new Host(shell);
		const remove = [
			() => host.write("kernel/apparmor/profiles", ""),
			() => fs.rmSync(host.path("etc/apparmor.d/myapp")),
		];
		for (const actions of [[remove[0]], [remove[1]], remove]) {
			await host.apply("myapp", "enforce", policy("myapp", "enforce"));
			for (const action of actions) action?.();
			const run = await host.remove("myapp");
			expect(run).toMatchObject({ status: 0, json: { removed: true } });
			if (actions.includes(remove[0])) expect(run.stderr).toContain("myapp was not loaded any more");
			if (actions.includes(remove[1])) expect(run.stderr).toContain("was already gone");
			expect(host.loaded("myapp")).toEqual([]);
			expect(host.remains()).toEqual([]);
		}
		const never = await host.remove("myapp");
		expect(never).toMatchObject({ status: 0, json: { removed: false } });
		expect(never.stderr).toContain("already gone");
	});

	test("AppArmor switched off since then is no hindrance", async () => {
		host = new Host(shell);
		await host.apply("myapp", "enforce", policy("myapp", "enforce"));
		host.write("sys/module/apparmor/parameters/enabled", "N\n");
		host.env = { AGENT_SECURITYFS: host.path("nowhere"), AGENT_PARSER: "/nonexistent" };
		expect(await host.remove("myapp")).toMatchObject({ status: 0, json: { removed: true } });
		expect(host.policyFile("myapp")).toBeUndefined();
		expect(host.remains()).toEqual([]);
	});
});
