import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PulumiError } from "../../toolchain";
import { errorsOf } from "./errors-of";
import type { WantedCommand } from "./programs/commands";
import { freePort, type Sshd, startSshd } from "./sshd";
import { CommandStack, connectionTo, everythingSaid, operations } from "./standins";

/** sshd as Debian ships it, with regard to limits: MaxStartups 10:30:100, nothing in AcceptEnv. */
let sshd: Sshd;
let jump: Sshd;

beforeAll(async () => {
	[sshd, jump] = await Promise.all([startSshd(), startSshd()]);
});
afterAll(() => Promise.all([sshd.stop(), jump.stop()]));

async function withStack(test: (stack: CommandStack) => Promise<void>): Promise<void> {
	const stack = await CommandStack.make();
	try {
		await test(stack);
	} finally {
		stack.remove();
	}
}

const remote = (
	name: string,
	connection: object,
	create = "echo connected",
	more: Record<string, unknown> = {},
): WantedCommand => ({
	name,
	type: "remote",
	args: { connection: { dialErrorLimit: 1, ...connection }, create, ...more },
});

/** Every way to connect or to fail in it, all in one deployment: starting the engine for each would take minutes. */
describe("connections", () => {
	let stack: CommandStack;
	let error: PulumiError;
	let connected: Record<string, string>;
	let closedPort: number;
	/** Commands that must not run leave a file behind if they do. */
	const trace = (name: string) => join(stack.folder, `ran-${name}`);

	beforeAll(async () => {
		stack = await CommandStack.make();
		closedPort = await freePort();
		const encrypted = await encryptedKey();
		const socket = join(stack.folder, "agent");
		const agent = execa("ssh-agent", ["-D", "-a", socket], { reject: false });
		await vi.waitUntil(() => existsSync(socket), { timeout: 60_000 });
		await execa("ssh-add", ["-q", "-"], { input: sshd.privateKey, env: { SSH_AUTH_SOCK: socket } });

		const target = connectionTo(sshd);
		const proxy = { ...connectionTo(jump), dialErrorLimit: 1 };
		const commands = [
			remote("no-host-key", { ...target, hostKey: undefined }),
			remote("encrypted-key", { ...target, privateKey: encrypted, privateKeyPassword: "letmein" }),
			remote("agent", { ...target, privateKey: undefined, agentSocketPath: socket }),
			remote("jump", { ...target, proxy }, 'echo "$SSH_CONNECTION"'),
			remote("wrong-host-key", { ...target, hostKey: jump.hostKey }, `touch ${trace("wrong-host-key")}`),
			remote("wrong-proxy-host-key", { ...target, proxy: { ...proxy, hostKey: sshd.hostKey } }),
			remote("no-key-as-host-key", { ...target, hostKey: "none" }),
			remote("no-passphrase", { ...target, privateKey: encrypted }),
			remote("wrong-key", { ...target, privateKey: jump.privateKey, password: "not-this-one" }),
			remote("no-key", { ...target, privateKey: "not-a-key" }),
			remote("refused", { ...target, port: closedPort, dialErrorLimit: 2 }),
			remote("no-such-name", { ...target, host: "no-such-host.invalid" }),
			remote("refused-behind-proxy", { ...target, port: closedPort, proxy }),
			remote("environment", target, `touch ${trace("environment")}`, { environment: { GREETING: "hello" } }),
		];
		try {
			error = await stack.upError(commands, { args: ["--continue-on-error"] });
		} finally {
			agent.kill();
			await agent;
		}
		connected = await connectedCommands();
	});
	afterAll(() => stack.remove());

	async function encryptedKey(): Promise<string> {
		const file = join(stack.folder, "key");
		writeFileSync(file, sshd.privateKey, { mode: 0o600 });
		await execa("ssh-keygen", ["-q", "-p", "-N", "letmein", "-f", file], { stdin: "ignore" });
		return readFileSync(file, "utf8");
	}

	async function connectedCommands(): Promise<Record<string, string>> {
		const { resources } = (await stack.state()).deployment;
		const commands = resources.filter(({ type }) => type === "command:remote:Command");
		return Object.fromEntries(commands.map(({ urn, outputs }) => [urn.replace(/^.*::/, ""), String(outputs.stdout)]));
	}

	it.each(["no-host-key", "encrypted-key", "agent"])("%s: connects", (name) => {
		expect(connected[name]).toBe("connected");
	});

	it("jump: goes through the jump host", () => {
		expect(connected.jump).toMatch(new RegExp(`^127\\.0\\.0\\.1 \\d+ 127\\.0\\.0\\.1 ${sshd.port}$`));
		expect(jump.log()).toContain("Accepted publickey");
	});

	it.each([
		["wrong-host-key", /after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch/],
		["wrong-proxy-host-key", /proxy: after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch/],
		["no-key-as-host-key", /host key.*ssh: no key found/],
		["no-passphrase", /ssh: this private key is passphrase protected/],
		["wrong-key", /ssh: unable to authenticate, attempted methods \[none publickey.*\], no supported methods remain/],
		["no-key", /ssh: no key found/],
		["no-such-name", /dial tcp: lookup no-such-host\.invalid.*no such host/],
		["refused-behind-proxy", /proxy: after 1 failed attempts: ssh: rejected: connect failed/],
		["environment", /could not set environment variable "GREETING": ssh: setenv failed/],
		["environment", /Unable to set 'GREETING'\. This only works if your SSH server is configured to accept/],
	])("%s: fails with %s", (name, message) => {
		expect(errorsOf(error, name)).toMatch(message);
		expect(connected).not.toHaveProperty(name);
	});

	it("refused: fails after as many attempts as are allowed", () => {
		const reason = `dial tcp 127.0.0.1:${closedPort}: connect: connection refused`;
		expect(errorsOf(error, "refused")).toContain(`after 2 failed attempts: ${reason}`);
	});

	it("run nothing where the host is not the one expected, or does not take what the command needs", () => {
		expect(["wrong-host-key", "environment"].filter((name) => existsSync(trace(name)))).toEqual([]);
	});

	it("say nothing of keys and passwords when they fail", () => {
		const said = everythingSaid(error);
		const secrets = ["not-this-one", "not-a-key", "letmein", sshd.privateKey.split("\n")[2] as string];
		expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
	});
});

it("keeps trying until the host is there", () =>
	withStack(async (stack) => {
		let dialled = 0;
		const late = createServer((socket) => {
			if (++dialled <= 2) return socket.destroy();
			const onward = connect(sshd.port, sshd.host);
			socket.pipe(onward).pipe(socket);
			for (const end of [socket, onward]) end.on("error", () => end.destroy());
		});
		await new Promise<void>((listening) => late.listen(0, "127.0.0.1", listening));
		try {
			const { port } = late.address() as AddressInfo;
			await stack.up([remote("a", { ...connectionTo(sshd), port, dialErrorLimit: 10 })]);
			expect((await stack.outputs()).stdout).toEqual({ a: "connected" });
			expect(dialled).toBe(3);
		} finally {
			late.close();
		}
	}));

it("runs 40 commands at once on a server with the default MaxStartups, and warns of variables it does not take", () =>
	withStack(async (stack) => {
		const commands = (word: string) =>
			Array.from({ length: 40 }, (_, i) =>
				remote(`c${i}`, { ...connectionTo(sshd), dialErrorLimit: 10 }, `echo "${word} ${i} $PULUMI_COMMAND_STDOUT"`),
			);
		const result = await stack.up(commands("first"), { args: ["--parallel", "40"] });
		expect(result.summary).toEqual({ create: 41 });
		const expected = (word: string) => Object.fromEntries(commands("").map(({ name }, i) => [name, `${word} ${i} `]));
		expect((await stack.outputs()).stdout).toEqual(expected("first"));

		const changed = await stack.up(commands("second"), { args: ["--parallel", "40"] });
		expect(operations(changed)).toHaveLength(40);
		expect(changed.summary).toEqual({ same: 1, update: 40 });
		expect((await stack.outputs()).stdout).toEqual(expected("second"));
		expect(changed.diagnostics.filter(({ severity }) => severity === "warning")).toContainEqual(
			expect.objectContaining({ message: expect.stringContaining("Unable to set 'PULUMI_COMMAND_STDOUT'") }),
		);
	}));

it("refuses a key that no connection has, before anything is sent to the host", () =>
	withStack(async (stack) => {
		const before = sshd.logins();
		const error = await stack.upError([remote("a", { ...connectionTo(sshd), hostkey: sshd.hostKey })]);
		expect(errorsOf(error, "a")).toContain("Unrecognized field 'hostkey' on 'remote.Connection'");
		expect(sshd.logins()).toBe(before);
	}));
