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
 * Stands in front of a program that the agent calls, on the host's PATH. At the call that /run/cut names, by its
 * number or by one of its arguments, it does what /run/cut-how says before it goes on.
 */
const wrapper = (program: string) => `#!/bin/sh
calls=$(($(cat /run/calls 2>/dev/null || echo 0) + 1))
echo $calls > /run/calls
case " $calls $* " in *" $(cat /run/cut) "*) sh /run/cut-how ;; esac
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

async function cutAt(call: number | string, how: string): Promise<void> {
	await host.run(`rm -f /run/calls /run/cut-now; echo ${call} > /run/cut; cat > /run/cut-how`, { input: how });
}

interface Found {
	/** The version that the disk has, where the parser takes the file for a whole one. */
	disk: number;
	/** The versions that the kernel enforces: those whose file the reader may read. */
	kernel: number[];
}

/** What is on the host, once an agent that was cut off has come to its end. */
async function found(versions: number[]): Promise<Found> {
	const { stdout } = await host.run(
		`
		while [ -L /run/pulumi-apparmor/reader ]; do sleep 0.1; done
		/sbin/apparmor_parser -Q -K /etc/apparmor.d/reader && cat /etc/apparmor.d/reader
		for version in ${versions.join(" ")}; do
			touch /etc/version-$version
			/opt/reader/bin/reader /etc/version-$version && echo "enforces $version"
		done`,
		{ reject: false },
	);
	return {
		disk: Number(/version-(\d+)/.exec(stdout)?.[1]),
		kernel: [...stdout.matchAll(/^enforces (\d+)$/gm)].map(([, version]) => Number(version)),
	};
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
		await cutAt("never", "");
		await stack.up(version(++last));
		calls = Number((await host.run("cat /run/calls")).stdout);
		expect(calls).toBeGreaterThanOrEqual(4);
	});

	it("by a lost connection, at each step: the old policy or the new one, whole, and the next up converges", async () => {
		for (let call = 1; call <= calls; call++) {
			await cutAt(call, cutConnection);
			const old = last++;
			await stack.upError(version(last));
			const { disk, kernel } = await found([old, last]);
			expect([old, last]).toContain(disk);
			expect(kernel).toEqual([disk]);
		}
		await cutAt("never", "");
		expect((await stack.up(version(last))).summary).toMatchObject({ update: 1 });
		expect(await found([last - 1, last])).toEqual({ disk: last, kernel: [last] });
	});

	it("by a power cut between the swap and the load: the same", async () => {
		await cutAt("-r", stopHere);
		const old = last++;
		const failed = stack.upError(version(last));
		await host.run("until [ -e /run/cut-now ]; do sleep 0.2; done");
		await host.powerOff();
		await host.powerOn();
		await failed;
		const { disk, kernel } = await found([old, last]);
		expect([old, last]).toContain(disk);
		expect(kernel).toEqual([disk]);
		expect(await loadedModes(host)).toMatchObject({ reader: "enforce" });

		await stack.up(version(last));
		expect(await found([old, last])).toEqual({ disk: last, kernel: [last] });
		await stack.destroy();
		const left = await host.run("find /etc/apparmor.d /var/lib/pulumi-apparmor -name reader 2>/dev/null", {
			reject: false,
		});
		expect(left.stdout).toBe("");
	});
});
