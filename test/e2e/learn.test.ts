import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxHost, startHost } from "../../sandbox";
import { applicationPort, exercise, get, installApplication } from "../../sandbox/demo/application";
import { ProfileStack } from "../engine/profile-stack";
import type { Wanted } from "../engine/programs/profiles";
import { parserOf } from "../parser/debian-parser";
import { releasesUnderTest } from "./releases";

const root = join(__dirname, "..", "..");
const main = join(root, "src/cli/main.ts");

/** What the loop starts from: a profile that allows nothing. */
const almostEmpty = `abi <abi/3.0>,

include <tunables/global>

profile myapp /opt/myapp/bin/myapp {
}
`;

describe.each(releasesUnderTest)("from an almost empty profile to an enforced one, on %s", (release) => {
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-learn-"));
	const policyFile = join(folder, "myapp.apparmor");
	let host: SandboxHost;
	let stack: ProfileStack;
	let include: string;

	const cli = (args: string[], input?: string) =>
		execa("tsx", ["--conditions=import", main, ...args], {
			cwd: folder,
			preferLocal: true,
			localDir: root,
			reject: false,
			stripFinalNewline: false,
			...(input === undefined ? { stdin: "ignore" as const } : { input }),
		});

	const declare = (mode: string) =>
		stack.up({
			hosts: [{ name: host.release, connection: host.connection }],
			profiles: [{ name: "myapp", mode, policy: readFileSync(policyFile, "utf8"), restartUnits: ["myapp.service"] }],
		} as Wanted);

	/** All that the application does, from its start to its end, and what the kernel had to say about it. */
	async function exercised(): Promise<string> {
		await host.run("dmesg --clear");
		await host.run("systemctl restart myapp.service");
		await exercise(host, 3);
		expect((await get(host, "/nothing-here")).status).toBe(404);
		await host.run("systemctl restart myapp.service");
		await exercise(host, 1);
		return (await host.run("dmesg")).stdout;
	}

	beforeAll(async () => {
		writeFileSync(policyFile, almostEmpty);
		[host, stack] = await Promise.all([
			startHost({ release, forwards: [{ guest: applicationPort }] }),
			ProfileStack.make(),
		]);
		include = (await parserOf(release)).policyFolder;
		await installApplication(host);
		// The kernel drops audit records above a rate; docs/learning.md tells people to lift it while they learn.
		await host.run("sysctl -q kernel.printk_ratelimit=0");
	});
	afterAll(async () => {
		rmSync(folder, { recursive: true, force: true });
		stack?.remove();
		await host?.stop();
	});

	it("is complete after three rounds at most, and every round's patch applies", async () => {
		let rounds = 0;
		for (; ; rounds++) {
			await declare("complain");
			const log = await exercised();
			const suggest = ["suggest", "--profile", policyFile, "--include", include, "--exit-code"];
			const { exitCode, stdout, stderr } = await cli([...suggest, "--format", "patch"], log);
			if (exitCode === 0) break;
			expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
			expect(rounds, `still proposed after three rounds:\n${stdout}`).toBeLessThan(3);
			await execa("git", ["apply", "--unsafe-paths", "-p0", "-"], { cwd: "/", input: stdout });
		}
		expect(rounds).toBeGreaterThan(0);
	});

	it("what was learnt passes the check, and nothing dangerous is in it", async () => {
		const { exitCode, stdout } = await cli(["check", "--include", include, policyFile]);
		expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${policyFile}: ok\n` });
		expect(readFileSync(policyFile, "utf8")).not.toMatch(/shadow|sys_admin|\bux\b|\/\*\* /i);
	});

	it("enforced, the same exercise runs without one denial, and an intrusion is refused", async () => {
		await declare("enforce");
		expect((await exercised()).match(/apparmor="(DENIED|KILLED)".*profile="myapp.*/g)).toBeNull();
		expect((await get(host, "/intrude/read-shadow")).body).toMatch(/^refused/);
	});
});
