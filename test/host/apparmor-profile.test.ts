import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOfPolicy } from "../../src/agent/agent";
import { AppArmorHost, AppArmorProfile, type AppArmorProfileArgs, type HostTarget, Mode } from "../../src/index";
import { refusedInputs } from "../refused-inputs";
import { Mocks, resolved } from "./mocks";

const mocks = new Mocks();
beforeEach(() => mocks.forget());
afterEach(async () => {
	await mocks.commands();
});

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHlhbGxhIGhvc3Qga2V5IGZvciB0ZXN0cyBvbmx5";
const target = (name: string, extra: object = {}): HostTarget => ({
	name,
	connection: { host: `${name}.example`, privateKey: "PRIVATE", hostKey, ...extra },
});
const policy = "profile myapp /opt/myapp {\n  /etc/myapp r,\n}\n";
const profile = (args: Partial<AppArmorProfileArgs> = {}) =>
	new AppArmorProfile("myapp", { hosts: [target("web-1")], policy, mode: Mode.Enforce, ...args });
const problemsOf = (args: Partial<Record<keyof AppArmorProfileArgs, unknown>>) =>
	refusedInputs(() => profile(args as Partial<AppArmorProfileArgs>));

describe("what is registered", () => {
	it("a host of an AppArmorHost: its agent once, and one command a profile", async () => {
		const web1 = new AppArmorHost("web-1", { connection: target("web-1").connection });
		profile({ hosts: [web1.target] });
		new AppArmorProfile("other", { hosts: [web1.target], policy: policy.replace("myapp", "other"), mode: "complain" });
		const commands = await mocks.commands();
		expect(commands.map(({ name }) => name).sort()).toEqual(["agent@web-1", "myapp@web-1", "other@web-1"]);
	});

	it("a literal host: the profile brings the agent itself", async () => {
		profile({ hosts: [target("web-1"), target("web-2")] });
		const names = (await mocks.commands()).map(({ name }) => name).sort();
		expect(names).toEqual(["myapp:agent@web-1", "myapp:agent@web-2", "myapp@web-1", "myapp@web-2"]);
	});

	it("hosts whose names are inside of an output, as other languages have them", async () => {
		const results = await resolved(profile({ hosts: pulumi.output([target("web-1"), target("web-2")]) }).results);
		expect(results.map(({ host, mode }) => [host, mode])).toEqual([
			["web-1", "enforce"],
			["web-2", "enforce"],
		]);
		expect(await mocks.commands()).toHaveLength(4);
	});

	it("the policy goes by stdin, the rest by a command that nothing can break out of", async () => {
		profile({ restartUnits: ["myapp.service"], adopt: true });
		const command = (await mocks.commands()).find(({ name }) => name === "myapp@web-1");
		expect(command?.inputs).toMatchObject({
			addPreviousOutputInEnv: false,
			logging: "stderr",
			create: expect.stringMatching(
				/apply myapp --owner acme\/shop\/production --mode enforce --policy-hash [0-9a-f]{64} --attachment \/opt\/myapp --restart myapp\.service --adopt --source policy --lines 3:0:1;/,
			),
			delete: expect.stringContaining(" remove myapp --owner acme/shop/production;"),
			stdin: [
				"# Managed by pulumi-apparmor: stack acme/shop/production, from policy.",
				"# Edits made here are undone: change the Pulumi program.",
				`${policy}${endOfPolicy}`,
				"",
			].join("\n"),
		});
		expect(Object.keys(command?.inputs ?? {})).not.toContain("triggers");
		expect(Object.keys(command?.inputs ?? {})).not.toContain("update");
	});

	it("the connection is a secret, field by field, and the command is not", async () => {
		profile({
			hosts: [
				target("web-1", { user: "deploy", port: 2222, proxy: { host: "bastion", hostKey, trustAnyHostKey: false } }),
			],
		});
		const command = (await mocks.commands()).find(({ name }) => name === "myapp@web-1");
		expect(command?.inputs.connection).toEqual({
			host: "web-1.example",
			user: "deploy",
			port: 2222,
			privateKey: "PRIVATE",
			hostKey,
			// The limits are @pulumi/command's own defaults.
			dialErrorLimit: 10,
			perDialTimeout: 15,
			proxy: { host: "bastion", port: 22, user: "root", hostKey, dialErrorLimit: 10, perDialTimeout: 15 },
		});
		expect(command?.secrets).toEqual(["connection"]);
		expect(command?.inputs.create).toContain("sudo -n ");
	});

	it("root needs no sudo, and sudo can be asked for", async () => {
		profile({ hosts: [target("a"), target("b", { user: "root" }), { ...target("c"), sudo: true }] });
		const sudo = (await mocks.commands())
			.filter(({ name }) => name.startsWith("myapp@"))
			.map(({ name, inputs }) => [name, String(inputs.create).includes("sudo")]);
		expect(sudo.sort()).toEqual([
			["myapp@a", false],
			["myapp@b", false],
			["myapp@c", true],
		]);
	});

	it("a mode changes the policy's flags, its command and nothing of its hash", async () => {
		const hashes = [];
		for (const mode of Object.values(Mode)) {
			mocks.forget();
			const { policyHash, policyText, results } = profile({ mode });
			hashes.push(await resolved(policyHash));
			const flag = mode === "enforce" || mode === "disabled" ? "" : `flags=(${mode}) `;
			expect(await resolved(policyText)).toContain(`profile myapp /opt/myapp ${flag}{`);
			expect((await resolved(results))[0]).toEqual({
				host: "web-1",
				mode,
				loaded: true,
				unconfined: [],
				blocksInComplain: [],
			});
		}
		expect(new Set(hashes).size).toBe(1);
	});

	it("a value that is known only later is checked then, and a secret one stays secret", async () => {
		const values = { dir: pulumi.secret("/opt/x") };
		const template = "./test/host/dir.hbs";
		const { policyText } = profile({ policy: undefined, template, values });
		expect(await resolved(policyText)).toContain("/opt/x/** r,");
		const command = (await mocks.commands()).find(({ name }) => name === "myapp@web-1");
		expect(command?.secrets).toContain("stdin");
	});
});

describe("what is refused before anything is registered", () => {
	it("everything at once, each with its property", async () => {
		const problems = problemsOf({
			hosts: [{ name: "-x", connection: { host: "", port: 70000, privatekey: "PRIVATE" } }],
			profileName: "../etc",
			attachment: "opt/myapp",
			mode: "enforced",
			template: "custom-application",
			restartUnits: ["a b"],
		});
		expect(problems.map((problem) => problem.split(":")[0])).toEqual([
			"hosts[0].name",
			"hosts[0].connection.privatekey",
			"hosts[0].connection.host",
			"hosts[0].connection.port",
			"hosts[0].connection.hostKey",
			"profileName",
			"attachment",
			"mode",
			"policy",
			"restartUnits[0]",
		]);
		expect(problems.join()).not.toContain("PRIVATE");
		expect((await mocks.commands()).length).toBe(0);
	});

	it.each<[string, object, RegExp]>([
		["no hosts", { hosts: [] }, /^hosts: is empty/],
		["one name twice", { hosts: [target("a"), target("a")] }, /^hosts: two hosts are called "a"/],
		[
			"a known_hosts line",
			{ hosts: [target("a", { hostKey: `web ${hostKey}` })] },
			/^hosts\[0\]\.connection\.hostKey: is no public key/,
		],
		[
			"a password as number",
			{ hosts: [target("a", { password: 1 })] },
			/^hosts\[0\]\.connection\.password: must be a string/,
		],
		["an unknown template", { policy: undefined, template: "nope" }, /^template: there is no template called "nope"/],
		[
			"a missing file",
			{ policy: undefined, template: "./nope.hbs" },
			/^template: "\.\/nope\.hbs" cannot be read: there is no such file/,
		],
		[
			"a missing value",
			{ policy: undefined, template: "./test/host/dir.hbs" },
			/^values\.dir: is missing \(\.\/test\/host\/dir\.hbs:2\)/,
		],
		[
			"a hostile value",
			{ policy: undefined, template: "./test/host/dir.hbs", values: { dir: "/x\n/** rw" } },
			/^values\.dir: ".*" contains a line break/,
		],
		["no profile", { policy: "/x r,\n" }, /^policy: policy: declares no profile/],
		["several profiles", { policy: policy + policy }, /^policy: policy: declares 2 profiles/],
		[
			"another profile",
			{ profileName: "other" },
			/^policy: policy:1: the policy declares the profile "myapp", but "other"/,
		],
	])("%s", (_, args, problem) => {
		expect(problemsOf(args)).toEqual([expect.stringMatching(problem)]);
	});

	it("an AppArmorHost's connection too", () => {
		expect(() => new AppArmorHost("web 1", { connection: { host: "" } })).toThrow(
			/AppArmorHost "web 1" has 3 problems:\n {2}- name: .*\n {2}- connection\.host: .*\n {2}- connection\.hostKey: /,
		);
	});
});

describe("AppArmorHost", () => {
	it("tells what the host can do", async () => {
		const host = new AppArmorHost("web-1", { connection: target("web-1").connection });
		expect(await resolved(pulumi.all([host.kernel, host.parserVersion, host.abi, host.apparmorEnabled]))).toEqual([
			"6.1.0",
			"3.0.8",
			"3.0",
			true,
		]);
		expect(await pulumi.isSecret(host.target)).toBe(true);
	});
});
