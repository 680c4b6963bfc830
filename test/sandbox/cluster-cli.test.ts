import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { clusterCommand } from "../../sandbox/cluster/cli";
import { UsageError } from "../../sandbox/usage";

const root = join(__dirname, "..", "..");
const cache = mkdtempSync(join(tmpdir(), "sandbox-cluster-cli-"));
const printed = vi.spyOn(console, "log").mockImplementation(() => {});

beforeAll(() => {
	process.env.PULUMI_APPARMOR_CACHE = cache;
});
afterEach(() => printed.mockClear());
afterAll(() => {
	delete process.env.PULUMI_APPARMOR_CACHE;
	rmSync(cache, { recursive: true });
});

it.each([
	[["start"], 'cluster: "start" is not one of up, status, kubectl, down'],
	[["up", "--name", "../x"], 'name: "../x" is not a cluster\'s name'],
	[["up", "--name", "x".repeat(33)], "at most 32 long"],
	[["up", "--nodes", "two"], '--nodes: "two" is not a number from 0 to 99'],
	[["up", "--nodes", "100"], '--nodes: "100" is not a number from 0 to 99'],
	[["up", "--all"], "cluster up has no option --all"],
	[["up", "mine"], 'cluster up: "mine" is one argument too many'],
	[["status", "--nodes", "2"], "cluster status has no option --nodes"],
	[["kubectl", "get", "pods"], 'no sandbox cluster is there: "npm run sandbox -- cluster up" starts one'],
	[["--name", "nobody", "kubectl", "get", "pods", "-A"], 'no cluster named "nobody" is running'],
	[["down"], "no sandbox cluster is there"],
	[["down", "nobody"], 'there is no cluster named "nobody"'],
	[["down", "a", "--all"], "either names (a) or --all, not both"],
	[["--relase", "sid"], "'--relase'"],
])("%j is refused with words that help", async (args, words) => {
	const refused = clusterCommand(args);
	await expect(refused).rejects.toThrow(UsageError);
	await expect(refused).rejects.toThrow(words);
	expect(printed).not.toHaveBeenCalled();
});

it("is a group of the sandbox's command, which ends with code 2 and no stack trace where it is refused", async () => {
	const args = ["--conditions=import", "sandbox/cli.ts", "cluster", "start"];
	const options = { preferLocal: true, cwd: root, env: { PULUMI_APPARMOR_CACHE: cache }, reject: false } as const;
	const result = await execa("tsx", args, options);
	expect(result).toMatchObject({ exitCode: 2, stdout: "" });
	expect(result.stderr).toContain('sandbox: cluster: "start" is not one of');
	expect(result.stderr).not.toMatch(/\n\s+at /);
});

it("lists no cluster as an empty JSON list", async () => {
	expect(await clusterCommand(["status", "--json"])).toBe(0);
	expect(printed.mock.calls).toEqual([["[]"]]);
});

it("shows every verb in its help", async () => {
	expect(await clusterCommand(["help"])).toBe(0);
	for (const verb of ["up", "status", "[--name C] kubectl", "down"])
		expect(printed.mock.calls.flat().join("\n")).toContain(`npm run sandbox -- cluster ${verb}`);
});
