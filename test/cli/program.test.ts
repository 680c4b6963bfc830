import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { cli } from "./cli";

const commands = ["render", "check", "diff", "events", "suggest", "status"];

describe("the program", () => {
	it("lists its commands and what the exit codes mean", async () => {
		const { code, stdout } = await cli(["--help"]);
		expect(code).toBe(0);
		for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
		expect(stdout).toContain("Exit codes: 0 nothing wrong; 1 something was found");
	});

	it.each(commands)("%s --help has examples", async (command) => {
		const { code, stdout } = await cli([command, "--help"]);
		expect(code).toBe(0);
		expect(stdout).toMatch(new RegExp(`Examples:\n {2}\\$ .*pulumi-apparmor ${command}`));
	});

	it("says its version", async () => {
		expect(await cli(["--version"])).toEqual({
			code: 0,
			stdout: `${require("../../package.json").version}\n`,
			stderr: "",
		});
	});

	it.each([
		[["chekc"], /unknown command 'chekc'\n\(Did you mean check\?\)/],
		[["check", "--strikt"], /unknown option '--strikt'\n\(Did you mean --strict\?\)/],
		[["diff", "a"], /missing required argument 'b'/],
		[
			["render", "x", "-n", "x", "--mode", "enforced"],
			/argument 'enforced' is invalid. Allowed choices are complain|enforce/,
		],
		[["suggest", "--format", "patch"], /--format patch needs the policy to patch: --profile FILE/],
		[["diff", "-", "-"], /one of the two policies must be a file/],
	])("%j is a mistake of the caller's: exit code 2, and words only", async (args, words) => {
		const { code, stdout, stderr } = await cli(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(words);
		expect(stderr).not.toMatch(/^ +at /m);
	});

	it("names every file that it cannot read, before any work", async () => {
		const { code, stdout, stderr } = await cli(["events", "/no/such.log", __dirname, "/no/other.log"]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toBe(
			`error: /no/such.log cannot be read: there is no such file\nerror: ${__dirname} cannot be read: it is a folder\nerror: /no/other.log cannot be read: there is no such file\n`,
		);
	});

	it("ends quietly when the reader of a pipe has seen enough", async () => {
		const record =
			'audit: type=1400 audit(1.1:1): apparmor="DENIED" operation="open" profile="a" name="/x" pid=1 comm="c" requested_mask="r" denied_mask="r" fsuid=0 ouid=0\n';
		const main = join(__dirname, "../../src/cli/main.ts");
		const { stdout, stderr } = await execa(
			"sh",
			["-c", 'tsx --conditions=import "$1" events | head -n 1', "sh", main],
			{
				input: record.repeat(20_000),
				preferLocal: true,
			},
		);
		expect(JSON.parse(stdout)).toMatchObject({ event: "DENIED", name: "/x" });
		expect(stderr).toBe("");
	}, 60_000);
});
