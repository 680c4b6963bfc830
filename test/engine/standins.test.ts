import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorsOf } from "./errors-of";
import type { WantedCommand } from "./programs/commands";
import { type Sshd, startSshd } from "./sshd";
import { CommandStack, connectionTo, everythingSaid, operations } from "./standins";

let sshd: Sshd;
let stack: CommandStack;

beforeAll(async () => {
	sshd = await startSshd(["AcceptEnv GREETING PULUMI_COMMAND_STDOUT PULUMI_COMMAND_STDERR"]);
});
afterAll(() => sshd.stop());
beforeEach(async () => {
	stack = await CommandStack.make();
});
afterEach(() => stack.remove());

const remote = (name: string, args: Record<string, unknown>, more: Partial<WantedCommand> = {}): WantedCommand => ({
	name,
	type: "remote",
	args: { connection: connectionTo(sshd), ...args },
	...more,
});

/** The file on the "host" that the commands of a test write to. */
const journal = () => join(stack.folder, "journal");
const journalled = () => readFileSync(journal(), "utf8").split("\n").filter(Boolean);
const write = (word: string) => `echo ${word} >> ${journal()}`;

describe("remote.Command", () => {
	it("creates, leaves alone, updates, replaces create-first on a changed trigger, and deletes", async () => {
		const all = { create: write("create"), update: write("update"), delete: write("delete") };
		const commands = (args: Record<string, unknown>) => [
			remote("all", { ...all, ...args }),
			remote("bare", { create: write("bare"), stdin: args.stdin }),
		];
		const created = await stack.up(commands({ triggers: ["1"], stdin: "one" }));
		expect(created.summary).toEqual({ create: 3 });
		expect(operations(created).sort()).toEqual(["create all", "create bare"]);
		expect(journalled().sort()).toEqual(["bare", "create"]);

		const same = await stack.up(commands({ triggers: ["1"], stdin: "one" }));
		expect(same.summary).toEqual({ same: 3 });
		expect(journalled()).toHaveLength(2);

		// Without `update`, `create` runs again.
		const updated = await stack.up(commands({ triggers: ["1"], stdin: "two" }));
		expect(updated.summary).toEqual({ same: 1, update: 2 });
		expect(operations(updated).sort()).toEqual(["update all", "update bare"]);
		expect(updated.steps.find(({ op }) => op === "update")?.diffs).toEqual(["stdin"]);
		expect(journalled().slice(2).sort()).toEqual(["bare", "update"]);

		const replaced = await stack.up(commands({ triggers: ["2"], stdin: "two" }));
		expect(replaced.summary).toEqual({ same: 2, replace: 1 });
		expect(operations(replaced).filter((operation) => !operation.startsWith("same"))).toEqual([
			"create-replacement all",
			"replace all",
			"delete-replaced all",
		]);
		expect(journalled().slice(4)).toEqual(["create", "delete"]);

		// Without `delete`, nothing runs.
		expect((await stack.destroy()).summary).toEqual({ delete: 3 });
		expect(journalled().slice(6)).toEqual(["delete"]);
	});

	it("gives a command its stdin and environment, and keeps, logs and hides what it writes as told", async () => {
		const stdin = "first\n\ttab ü € 𝄞\n\n";
		const logging = ["stdout", "stderr", "stdoutAndStderr", "none"];
		const result = await stack.up([
			remote("stdin", { create: `cat > ${journal()}; printf 'two\\n\\n'; printf error >&2`, stdin }),
			remote("no-stdin", { create: "cat; echo end" }),
			remote("environment", { create: 'echo "$GREETING"', environment: { GREETING: "hello $HOME `id`" } }),
			...logging.map((logging) => remote(logging, { create: `echo from-${logging}-$((1 + 1)) >&2`, logging })),
			remote("secret", { create: "printf 'a-%s' secret", logging: "none" }, { additionalSecretOutputs: ["stdout"] }),
		]);
		expect(readFileSync(journal(), "utf8")).toBe(stdin);
		expect((await stack.outputs()).stdout).toMatchObject({
			stdin: "two\n",
			"no-stdin": "end",
			environment: "hello $HOME `id`",
			secret: "a-secret",
		});
		const logged = logging.filter((logging) => result.stdout.includes(`from-${logging}-2`));
		expect(logged).toEqual(["stderr", "stdoutAndStderr"]);

		const state = await stack.state();
		expect(everythingSaid(result) + JSON.stringify(state)).not.toContain("a-secret");
		const command = state.deployment.resources.find(({ urn }) => urn.endsWith("::environment"));
		const inputs = {
			addPreviousOutputInEnv: true,
			connection: expect.anything(),
			create: 'echo "$GREETING"',
			environment: { GREETING: "hello $HOME `id`" },
		};
		expect(command?.id).toMatch(/^environment[0-9a-f]{8}$/);
		expect(command?.inputs).toEqual(inputs);
		expect(command?.outputs).toEqual({ ...inputs, stdout: "hello $HOME `id`", stderr: "" });
		expect(state.deployment.resources.find(({ urn }) => urn.endsWith("::stdin"))?.outputs.stderr).toBe("error");
	});

	it("runs nothing in a preview, and takes inputs that are not known yet", async () => {
		const commands = (stdin: string) => [
			remote("a", { create: `${write("a")}; echo produced`, stdin }),
			remote("b", { create: `cat >> ${journal()}` }, { stdinFrom: "a" }),
		];
		expect((await stack.preview(commands("one"))).summary).toEqual({ create: 3 });
		expect(existsSync(journal())).toBe(false);
		await stack.up(commands("one"));
		expect(journalled()).toEqual(["a", "produced"]);

		expect((await stack.preview(commands("two"))).summary).toEqual({ same: 1, update: 2 });
		// What runs again produces the same as before: only now is it known that b has nothing to do.
		expect((await stack.up(commands("two"))).summary).toEqual({ same: 2, update: 1 });
	});

	it("tells of a failing command its status, its text and all that it wrote, and keeps the state as it was", async () => {
		await stack.up([remote("a", { create: write("create"), update: write("update") })]);
		const error = await stack.upError(
			[
				remote("a", { create: write("create"), update: "exit 1" }),
				remote("b", { create: 'echo "to stdout"; sleep 0.2; echo "to stderr" >&2; exit 3', logging: "none" }),
				remote("c", { create: "kill -KILL $$" }),
			],
			{ args: ["--continue-on-error"] },
		);
		expect(error.exitCode).not.toBe(0);
		expect(errorsOf(error, "a")).toContain('Process exited with status 1: running "exit 1":');
		expect(errorsOf(error, "b")).toContain(
			'Process exited with status 3: running "echo \\"to stdout\\"; sleep 0.2; echo \\"to stderr\\" >&2; exit 3":\nto stdout\nto stderr\n',
		);
		expect(errorsOf(error, "c")).toContain('Process exited with status 137 from signal KILL: running "kill -KILL $$":');

		const mended = await stack.up([remote("a", { create: write("create"), update: write("mended") })]);
		expect(operations(mended)).toEqual(["update a"]);
		expect(journalled()).toEqual(["create", "mended"]);
	});

	it("hands the previous output to update and delete where the server takes it, unless told not to", async () => {
		const say = (word: string) => `echo "${word} after $PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR" >> ${journal()}`;
		const commands = (stdin: string) => [
			remote("a", {
				create: `${say("create")}; echo out; echo err >&2`,
				update: `${say("update")}; echo new`,
				delete: say("delete"),
				stdin,
			}),
			remote("b", { create: "echo out", delete: say("b"), addPreviousOutputInEnv: false }),
		];
		await stack.up(commands("one"));
		await stack.up(commands("two"));
		await stack.destroy();
		expect(journalled().filter((line) => !line.startsWith("b "))).toEqual([
			"create after /",
			"update after out/err",
			"delete after new/",
		]);
		expect(journalled()).toContain("b after /");
	});

	it("encrypts the connection in the state, and shows the private key nowhere", async () => {
		const key = sshd.privateKey.split("\n")[2] as string;
		const said = [
			everythingSaid(await stack.up([remote("a", { create: "true" })])),
			everythingSaid(await stack.up([remote("a", { create: "true", stdin: "changed" })], { args: ["--diff"] })),
			everythingSaid(await stack.upError([remote("a", { create: "exit 1" })])),
		];
		const state = await stack.state();
		expect([...said, JSON.stringify(state)].filter((text) => text.includes(key))).toEqual([]);
		const command = state.deployment.resources.find(({ type }) => type === "command:remote:Command");
		for (const bag of [command?.inputs, command?.outputs]) {
			expect(Object.keys(bag?.connection as object).sort()).toEqual(["4dabf18193072939515e22adb298388d", "ciphertext"]);
		}
	});
});
