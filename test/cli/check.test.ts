import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli } from "./cli";

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-check-"));
const file = (name: string, text: string) => {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
};
mkdirSync(join(folder, "apparmor.d/abstractions"), { recursive: true });
const include = join(folder, "apparmor.d");
writeFileSync(join(include, "abstractions/mine"), "/etc/mine r,\n");
writeFileSync(join(include, "abstractions/broken"), "/etc/mine rz,\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = file("good", "profile good /opt/good {\n  include <abstractions/mine>\n  /etc/hosts r,\n}\n");
const bad = file("bad", "profile bad /opt/bad {\n  /etc/hosts rq,\n  capability chwon,\n}\n");

describe("check", () => {
	it("prints a line a file: ok, or the first error with its place; the others on standard error", async () => {
		const { code, stdout, stderr } = await cli(["check", "--include", include, good, bad]);
		expect(code).toBe(1);
		expect(stdout).toMatch(new RegExp(`^${good}: ok\n${bad}:2:14: .*"rq"\n$`));
		expect(stderr).toMatch(new RegExp(`^${bad}:3:\\d+: error: .*chwon.* \\[unknown-capability\\]$`, "m"));
	});

	it("reads standard input where no file is named", async () => {
		expect(await cli(["check", "--include", include], "profile a {\n}\n")).toMatchObject({
			code: 0,
			stdout: "<stdin>: ok\n",
		});
		expect(await cli(["check", "--include", include], "profile a {\n")).toMatchObject({
			code: 1,
			stdout: expect.stringMatching(/^<stdin>:1:\d+: /),
		});
	});

	it("names the included file that is wrong, and who includes it", async () => {
		const text = "profile a {\n  include <abstractions/broken>\n}\n";
		const { code, stdout } = await cli(["check", "--include", include], text);
		expect(code).toBe(1);
		expect(stdout).toMatch(new RegExp(`^${include}/abstractions/broken:1:\\d+: .* \\(included by <stdin>\\)\n$`));
	});

	it("gives advice that --strict refuses and --quiet leaves out", async () => {
		const wide = file("wide", "profile wide /opt/wide {\n  /** rw,\n}\n");
		const advised = await cli(["check", "--include", include, wide]);
		expect(advised).toMatchObject({ code: 0, stdout: `${wide}: ok\n` });
		expect(advised.stderr).toMatch(new RegExp(`^${wide}:2:3: warning: .* \\[too-wide\\]$`, "m"));
		expect(await cli(["check", "--quiet", "--include", include, wide])).toMatchObject({ code: 0, stderr: "" });
		expect(await cli(["check", "--strict", "--include", include, wide])).toMatchObject({
			code: 1,
			stdout: expect.stringMatching(new RegExp(`^${wide}:2:3: `)),
		});
	});

	it("says which rules a parser does not know yet", async () => {
		const text = "profile new /opt/new {\n  userns,\n}\n";
		expect(await cli(["check", "--parser-version", "3.0"], text)).toMatchObject({
			code: 1,
			stdout: "<stdin>:2:3: userns rules came with AppArmor 4.0: apparmor_parser 3.0 refuses the policy\n",
		});
		expect(await cli(["check", "--parser-version", "4.0"], text)).toMatchObject({ code: 0, stdout: "<stdin>: ok\n" });
	});

	it("tells everything as JSON", async () => {
		const { code, stdout } = await cli(["check", "--json", bad]);
		expect(code).toBe(1);
		expect(JSON.parse(stdout)).toMatchObject([
			{
				file: bad,
				accepted: false,
				problems: [
					{ severity: "error", line: 2, column: 14, code: "syntax" },
					{ severity: "error", line: 3, code: "unknown-capability" },
				],
			},
		]);
	});

	it.each([
		[["check", "/no/such/policy"], /^error: \/no\/such\/policy cannot be read: there is no such file$/m],
		[
			["check", "--include", "/no/such/folder", bad],
			/^error: \/no\/such\/folder: there is no such folder to read includes from$/m,
		],
		[["check", "--parser-version", "new", bad], /parser-version/],
	])("%j: exit code 2", async (args, words) => {
		const { code, stdout, stderr } = await cli(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(words);
	});

	it("lets no control character of a policy reach the terminal", async () => {
		const { stdout, stderr } = await cli(["check"], "profile a {\n  /\u001b[31m rq,\n  \u001b]0;x\u0007,\n}\n");
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
		expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
	});
});
