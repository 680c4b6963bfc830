import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureToolchain, PulumiError, PulumiProject } from "../../toolchain";
import { errorsOf } from "./errors-of";
import type { WantedCommand } from "./programs/commands";
import { CommandStack, operations } from "./standins";

let stack: CommandStack;
beforeEach(async () => {
	stack = await CommandStack.make();
});
afterEach(() => stack.remove());

const local = (args: Record<string, unknown>): WantedCommand => ({ name: "a", type: "local", args });

it("a program's error deletes nothing, and is told once; what it writes is shown", async () => {
	const { stdout } = await stack.up([local({ create: "true" })]);
	expect(stdout).toContain("the program wrote this to stdout");
	expect(stdout).toContain("the program wrote this to stderr");
	const error = await stack.upError([], { env: { TEST_FAILURE: "the program gives up" } });
	expect(error.stdout.match(/Error: the program gives up/g)).toHaveLength(1);
	expect(error.stdout).not.toContain("non-zero exit code");
	expect(operations({ ...error.events, stdout: "", stderr: "" })).toEqual([]);
	expect((await stack.state()).deployment.resources.map(({ type }) => type)).toContain("command:local:Command");
});

it("a program knows its stack, its configuration, and whether this is a preview; --json prints nothing else", async () => {
	const preview = await stack.project.preview({ stack: "test", args: ["--json"] });
	expect(JSON.parse(preview.stdout)).toMatchObject({ changeSummary: { create: 1 } });
	expect(preview.stdout).toContain("the program runs in a preview: true");
	await stack.project.setConfig("test", "greeting", "hello $(id) 'there'");
	await stack.project.setConfig("test", "password", "a-secret-password", { secret: true });
	const { stdout } = await stack.up([]);
	expect(stdout).toContain("the program runs in a preview: false");
	expect(stdout).not.toContain("a-secret-password");
	expect(JSON.stringify(await stack.state())).not.toContain("a-secret-password");
	expect(await stack.outputs()).toMatchObject({
		greeting: "hello $(id) 'there'",
		password: "a-secret-password",
		project: { stack: "test", name: "commands" },
	});
});

describe("a dynamic resource", () => {
	it("runs in the plugin that comes with the SDK, and is read by refresh", async () => {
		const file = join(stack.folder, "file");
		writeFileSync(file, "before");
		const project = new PulumiProject({
			toolchain: await ensureToolchain(),
			program: join(__dirname, "programs", "dynamic"),
			stateFolder: join(stack.folder, "state"),
		});
		const env = { TEST_FILE: file };
		expect((await project.up({ stack: "test", env })).summary).toEqual({ create: 2 });
		expect(await project.outputs("test")).toEqual({ content: "before" });
		writeFileSync(file, "after");
		await project.refresh({ stack: "test", env });
		await project.up({ stack: "test", env });
		expect(await project.outputs("test")).toEqual({ content: "after" });
		expect((await project.destroy({ stack: "test", env })).summary).toEqual({ delete: 2 });
	});
});

describe("local.Command", () => {
	it("creates, updates and deletes with its interpreter, folder, environment, stdin and previous output", async () => {
		const args = {
			interpreter: ["/bin/sh", "-u", "-c"],
			dir: stack.folder,
			environment: { GREETING: "hello $HOME" },
			create: 'echo "create $GREETING $(cat)" | tee -a journal',
			update: 'echo "update after $PULUMI_COMMAND_STDOUT" | tee -a journal',
			delete: 'echo "delete after $PULUMI_COMMAND_STDOUT" >> journal',
			stdin: "one",
		};
		expect((await stack.up([local(args)])).summary).toEqual({ create: 2 });
		expect(operations(await stack.up([local({ ...args, stdin: "two" })]))).toEqual(["update a"]);
		await stack.destroy();
		expect(readFileSync(join(stack.folder, "journal"), "utf8").split("\n")).toEqual([
			"create hello $HOME one",
			"update after create hello $HOME one",
			"delete after update after create hello $HOME one",
			"",
		]);
	});

	it("finds the files that assetPaths names, and tells why it failed", async () => {
		mkdirSync(join(stack.folder, "sub"));
		for (const file of ["a.txt", "b.log", "sub/c.txt", "sub/secret.txt"]) writeFileSync(join(stack.folder, file), file);
		const assets = { dir: stack.folder, create: "true", assetPaths: ["**.txt", "!**/secret.*"] };
		const error = await stack.upError(
			[
				{ ...local(assets), name: "assets" },
				{ ...local({ create: "echo out; exit 7" }), name: "status" },
				{ ...local({ interpreter: ["no-such-program"], create: "true" }), name: "missing" },
			],
			{ args: ["--continue-on-error"] },
		);
		const made = (await stack.state()).deployment.resources.find(({ urn }) => urn.endsWith("::assets"));
		expect(Object.keys(made?.outputs.assets as object)).toEqual(["a.txt", "sub/c.txt"]);
		expect(errorsOf(error, "status")).toContain('exit status 7: running "echo out; exit 7":\nout\n');
		expect(errorsOf(error, "missing")).toContain('exec: "no-such-program": executable file not found in $PATH');
	});

	it("is ended when pulumi is interrupted", async () => {
		const pid = join(stack.folder, "pid");
		const interrupt = new AbortController();
		const running = stack.project
			.up({
				stack: "test",
				signal: interrupt.signal,
				env: { TEST_COMMANDS: JSON.stringify([local({ create: `echo $$ > ${pid}; exec sleep 300` })]) },
			})
			.catch((error: unknown) => error);
		await expect.poll(() => spawnSync("cat", [pid]).stdout.toString(), { timeout: 120_000 }).toMatch(/^\d+\n$/);
		interrupt.abort();
		expect(await running).toBeInstanceOf(PulumiError);
		const sleeping = Number(readFileSync(pid, "utf8"));
		await expect.poll(() => spawnSync("kill", ["-0", String(sleeping)]).status, { timeout: 60_000 }).not.toBe(0);
	});
});
