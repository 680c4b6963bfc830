import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxHost, startHost } from "../../sandbox";
import { ProfileStack } from "../engine/profile-stack";
import type { Wanted } from "../engine/programs/profiles";
import { loadedModes, readerPolicy } from "./reader";

let host: SandboxHost;
let stack: ProfileStack;

/** Each version allows a file of its own, which tells them apart on disk. */
const version = (number: number): Wanted =>
	({
		hosts: [{ name: "web-1", connection: host.connection }],
		profiles: [{ name: "reader", mode: "enforce", policy: readerPolicy("reader", `/etc/version-${number} r,`) }],
	}) as Wanted;

/**
 * Stands in front of a program that the agent calls, on the host's PATH. At the call that /run/cut names, it
 * does what /run/cut-how says before it goes on.
 */
const wrapper = (program: string) => `#!/bin/sh
calls=$(($(cat /run/calls 2>/dev/null || echo 0) + 1))
echo $calls > /run/calls
[ "$calls" != "$(cat /run/cut 2>/dev/null)" ] || sh /run/cut-how
exec ${program} "$@"
`;

/** Ends the SSH session that this process belongs to, as a lost network would. */
const cutConnection = `
pid=$PPID
while [ "$pid" -gt 1 ]; do
	case $(cat /proc/$pid/comm) in sshd*) kill -9 "$pid"; exit ;; esac
	pid=$(while read -r key value; do [ "$key" != PPid: ] || echo "$value"; done < /proc/$pid/status)
done
`;

const stopHere = "touch /run/cut-now; sleep 60";

async function cutAt(call: number, how: string): Promise<void> {
	await host.run(`rm -f /run/calls /run/cut-now; echo ${call} > /run/cut; cat > /run/cut-how`, { input: how });
}

/** The version that the disk has, and whether the file is whole. */
async function onDisk(): Promise<{ version: number; whole: boolean }> {
	const { stdout } = await host.run(
		"cat /etc/apparmor.d/reader; apparmor_parser -Q -K /etc/apparmor.d/reader && echo whole",
	);
	return { version: Number(/version-(\d+)/.exec(stdout)?.[1]), whole: stdout.endsWith("whole\n") };
}

/** The version that the kernel enforces: the one whose file the reader may read. */
async function inKernel(versions: number[]): Promise<number[]> {
	const readable: number[] = [];
	for (const number of versions) {
		const { exitCode } = await host.run(`touch /etc/version-${number}; /opt/reader/bin/reader /etc/version-${number}`, {
			reject: false,
		});
		if (exitCode === 0) readable.push(number);
	}
	return readable;
}

beforeAll(async () => {
	[host, stack] = await Promise.all([startHost({ release: "bookworm" }), ProfileStack.make()]);
	await host.run("install -D /bin/cat /opt/reader/bin/reader");
	for (const [name, program] of [
		["sbin/apparmor_parser", "/sbin/apparmor_parser"],
		["bin/sync", "/bin/sync"],
	])
		await host.run(`cat > /usr/local/${name} && chmod +x /usr/local/${name}`, { input: wrapper(program as string) });
	await stack.up(version(0));
});
afterAll(async () => {
	stack?.remove();
	await host?.stop();
});

describe("an apply that is cut", () => {
	let last = 0;
	let calls = 0;

	it("makes several calls of the parser and of sync, at each of which it can be cut", async () => {
		await cutAt(-1, "");
		await stack.up(version(++last));
		calls = Number((await host.run("cat /run/calls")).stdout);
		expect(calls).toBeGreaterThanOrEqual(4);
	});

	it("by a lost connection, at each step: the old policy or the new one, whole, and the next up converges", async () => {
		for (let call = 1; call <= calls; call++) {
			await cutAt(call, cutConnection);
			const old = last++;
			await stack.upError(version(last));
			// What was cut off may still be finishing.
			await host.run("while [ -d /run/pulumi-apparmor/lock ]; do sleep 0.2; done", { reject: false });
			const disk = await onDisk();
			expect(disk.whole).toBe(true);
			expect([old, last]).toContain(disk.version);
			expect(await inKernel([old, last])).toEqual([disk.version]);
		}
		await cutAt(-1, "");
		expect((await stack.up(version(last))).summary).toMatchObject({ update: 1 });
		expect(await onDisk()).toEqual({ version: last, whole: true });
		expect(await inKernel([last - 1, last])).toEqual([last]);
	});

	it("by a power cut between the swap and the load: the same", async () => {
		// The last calls are the load and what is written after it.
		await cutAt(calls - 1, stopHere);
		const old = last++;
		const failed = stack.upError(version(last));
		await host.run("until [ -e /run/cut-now ]; do sleep 0.2; done");
		await host.powerOff();
		await host.powerOn();
		await failed;
		const disk = await onDisk();
		expect(disk.whole).toBe(true);
		expect([old, last]).toContain(disk.version);
		expect(await inKernel([old, last])).toEqual([disk.version]);
		expect(await loadedModes(host)).toMatchObject({ reader: "enforce" });

		await stack.up(version(last));
		expect(await onDisk()).toEqual({ version: last, whole: true });
		expect(await inKernel([old, last])).toEqual([last]);
		await stack.destroy();
		const left = await host.run("find /etc/apparmor.d /var/lib/pulumi-apparmor -name '*reader*' 2>/dev/null", {
			reject: false,
		});
		expect(left.stdout).toBe("");
	});
});
