import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findHost, type SandboxHost, sshArguments, startHost } from "../../sandbox";
import { inventoryPath } from "../../sandbox/inventory";
import { isAlive } from "../../sandbox/process";
import { hostFolder, readState, removeHost } from "../../sandbox/state";

const root = join(__dirname, "..", "..");
const name = `e2e-${process.pid}`;

/** Runs a TypeScript program, or a piece of one, as the npm scripts do. */
const tsx = (...args: string[]) =>
	execa("tsx", ["--conditions=import", ...args], { cwd: root, preferLocal: true, localDir: root });
const sandbox = (...args: string[]) => tsx("sandbox/cli.ts", ...args);

let bookworm: SandboxHost;
let trixie: SandboxHost;

/** bookworm as a person starts a host, trixie as a program does. */
beforeAll(async () => {
	[, trixie] = await Promise.all([
		sandbox("up", "--release", "bookworm", "--name", name),
		startHost({ release: "trixie", forwards: [{ guest: 8080 }] }),
	]);
	const found = findHost(name);
	if (!found) throw new Error(`"up" has left no host ${name}`);
	bookworm = found;
});

afterAll(async () => {
	bookworm?.disconnect();
	removeHost(name);
	await trixie?.stop();
});

describe.each([
	{ release: "bookworm", host: () => bookworm, parser: /^AppArmor parser version 3\.0\./, kernel: /^6\.1\./ },
	{ release: "trixie", host: () => trixie, parser: /^AppArmor parser version 4\.1\./, kernel: /^6\.12\./ },
])("a $release host", ({ host, parser, kernel }) => {
	const output = async (command: string) => (await host().run(command)).stdout;

	it("runs its release's kernel and parser, with AppArmor on", async () => {
		expect(await output("uname -r")).toMatch(kernel);
		expect(await output("apparmor_parser --version")).toMatch(parser);
		expect(await output("cat /sys/module/apparmor/parameters/enabled")).toBe("Y\n");
		expect(JSON.parse(await output("aa-status --json"))).toMatchObject({ profiles: { lsb_release: "enforce" } });
	});

	it("blocks what a profile does not allow, and says so in dmesg and the kernel journal", async () => {
		const policy = "profile sandbox-test /opt/reader {\n  /** rm,\n  audit deny /etc/hostname r,\n}\n";
		await host().run("cp /bin/cat /opt/reader && apparmor_parser -r", { input: policy });
		expect(await host().run("/opt/reader /etc/hosts", { reject: false })).toMatchObject({ exitCode: 0 });
		const denied = await host().run("/opt/reader /etc/hostname", { reject: false });
		expect(denied).toMatchObject({ exitCode: 1, stdout: "" });
		for (const log of ["dmesg", "journalctl -k --no-pager"])
			expect(await output(log)).toMatch(
				/apparmor="DENIED" operation="open".* profile="sandbox-test" name="\/etc\/hostname"/,
			);
	});

	it("lets its ordinary user in, without sudo rights", async () => {
		const result = await host().run("id -un; sudo -n true", { user: "deploy", reject: false });
		expect(result).toMatchObject({ stdout: "deploy\n", exitCode: 1 });
		expect(result.stderr).toContain("password is required");
	});
});

it("is known by its own host key, and another key is refused", async () => {
	expect(bookworm.connection.hostKey).not.toBe(trixie.connection.hostKey);
	const knownHostsFile = join(hostFolder(bookworm.name), "wrong_known_hosts");
	writeFileSync(knownHostsFile, `[127.0.0.1]:${bookworm.connection.port} ${trixie.connection.hostKey}\n`);
	const args = sshArguments({ ...bookworm.sshTarget, knownHostsFile }, "root");
	const result = await execa("ssh", [...args, "true"], { reject: false });
	expect(result.exitCode).toBe(255);
	expect(result.stderr).toContain("Host key verification failed");
});

it("loses in a power cut what was not flushed, keeps what was, and boots again; a reboot keeps all", async () => {
	const bootId = async (host: SandboxHost) => (await host.run("cat /proc/sys/kernel/random/boot_id")).stdout;
	const before = await Promise.all([bookworm, trixie].map(bootId));
	await bookworm.run("echo kept > /root/flushed; sync; echo lost > /root/unflushed");
	await trixie.run("echo kept > /root/unflushed");
	await Promise.all([bookworm.powerOff().then(() => bookworm.powerOn()), trixie.reboot()]);
	const after = await Promise.all([bookworm, trixie].map(bootId));
	expect(after[0]).not.toBe(before[0]);
	expect(after[1]).not.toBe(before[1]);
	expect((await bookworm.run("cat /root/flushed /root/unflushed", { reject: false })).stdout).toBe("kept\n");
	expect((await trixie.run("cat /root/unflushed")).stdout).toBe("kept\n");
});

it("ends with the process that started it, even if that is killed", async () => {
	const orphan = `${name}-orphan`;
	const starter = tsx("-e", `require("./sandbox").startHost({ release: "bookworm", name: "${orphan}" })`);
	let ended = false;
	starter
		.catch(() => {})
		.finally(() => {
			ended = true;
		});
	while (!readState(orphan)?.qemu) {
		if (ended) throw new Error("the starter ended before its host ran");
		await sleep(100);
	}
	const state = readState(orphan);
	expect(isAlive(state?.qemu)).toBe(true);
	process.kill(state?.owner?.pid as number, "SIGKILL");
	await expect.poll(() => isAlive(state?.qemu), { timeout: 60_000 }).toBe(false);
	removeHost(orphan);
});

it("is reached by the command's ssh and inventory, and `down` leaves nothing of it", async () => {
	const inventory = JSON.parse(readFileSync(inventoryPath(name), "utf8"));
	expect(inventory).toMatchObject({ name, connection: { port: bookworm.connection.port, user: "root" } });
	const ssh = await sandbox("ssh", name, "--", "hostname");
	expect(ssh.stdout).toBe(name);
	const listed = JSON.parse((await sandbox("status", "--json")).stdout);
	expect(listed).toContainEqual(expect.objectContaining({ name, release: "bookworm", status: "running" }));

	const qemu = readState(name)?.qemu;
	expect(isAlive(qemu)).toBe(true);
	await sandbox("down", name);
	await expect.poll(() => isAlive(qemu), { timeout: 60_000 }).toBe(false);
	expect(existsSync(hostFolder(name))).toBe(false);
	expect(existsSync(inventoryPath(name))).toBe(false);
});
