import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, it } from "vitest";

const root = join(__dirname, "..", "..");
const cache = mkdtempSync(join(tmpdir(), "sandbox-cli-"));
afterAll(() => rmSync(cache, { recursive: true }));

function sandbox(...args: string[]) {
	return execa("tsx", ["--conditions=import", "sandbox/cli.ts", ...args], {
		preferLocal: true,
		cwd: root,
		env: { PULUMI_APPARMOR_CACHE: cache },
		reject: false,
	});
}

it.each([
	[["start"], '"start" is not one of up, ssh, status, down, cluster'],
	[["up", "--release", "noble"], 'release: "noble" is not one of bookworm, trixie, sid'],
	[["up", "--name", "../x"], 'name: "../x" is not a host name'],
	[["up", "--json"], "up has no option --json"],
	[["up", "bookworm"], 'up: "bookworm" is one argument too many'],
	[["status", "--", "ls"], 'status takes no command after "--"'],
	[["ssh", "nobody"], 'no host named "nobody" is running'],
	[["ssh"], 'no sandbox host is there: "npm run sandbox -- up" starts one'],
	[["down", "nobody"], 'there is no host named "nobody"'],
	[["down", "a", "--all"], "either names (a) or --all, not both"],
	[["--relase", "sid"], "'--relase'"],
])("%j is refused with exit code 2 and words that help", async (args, words) => {
	const result = await sandbox(...args);
	expect(result.stderr).toContain(words);
	expect(result.stderr).not.toMatch(/\n\s+at /);
	expect(result).toMatchObject({ exitCode: 2, stdout: "" });
});

it("lists no host as an empty JSON list", async () => {
	const result = await sandbox("status", "--json");
	expect(result).toMatchObject({ exitCode: 0, stdout: "[]" });
});

it("shows every verb in its help", async () => {
	const { stdout, exitCode } = await sandbox("help");
	expect(exitCode).toBe(0);
	for (const verb of ["up", "ssh", "status", "down"]) expect(stdout).toContain(`npm run sandbox -- ${verb}`);
});
