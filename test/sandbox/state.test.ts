import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identifyProcess, isAlive, killAndWait } from "../../sandbox/process";
import {
	checkName,
	claimHost,
	hostFolder,
	listStates,
	readState,
	removeHost,
	removeStaleHosts,
	writeState,
} from "../../sandbox/state";

let cache: string;
const children: ChildProcess[] = [];

beforeEach(() => {
	cache = mkdtempSync(join(tmpdir(), "sandbox-state-"));
	process.env.PULUMI_APPARMOR_CACHE = cache;
});

afterEach(() => {
	delete process.env.PULUMI_APPARMOR_CACHE;
	for (const child of children.splice(0)) child.kill("SIGKILL");
	rmSync(cache, { recursive: true, force: true });
});

/** A process that lives until the test's end, in the place of a host's QEMU. */
function sleeper(): number {
	const child = spawn("sleep", ["600"], { stdio: "ignore" });
	children.push(child);
	return child.pid as number;
}

const image = { release: "bookworm", disk: "d", kernel: "k", initrd: "i", packages: "p" } as const;
const claim = (name: string) => claimHost({ name, release: "bookworm", image, keep: true });

describe("claimHost", () => {
	it("refuses a name that is in use, and says how to end that host", () => {
		claim("a");
		expect(() => claim("a")).toThrow(/a host named "a" \(bookworm, since .*\) is running: .*sandbox -- down a/s);
		expect(listStates().map((state) => state.name)).toEqual(["a"]);
	});

	it("takes the name of a host whose processes are gone, without its old files", async () => {
		const state = claim("a");
		const qemu = identifyProcess(sleeper());
		writeState({ ...state, owner: undefined, qemu });
		writeFileSync(join(hostFolder("a"), "disk.qcow2"), "old");
		expect(() => claim("a")).toThrow("is running");
		await killAndWait(qemu);
		claim("a");
		expect(existsSync(join(hostFolder("a"), "disk.qcow2"))).toBe(false);
	});
});

describe("removeStaleHosts", () => {
	it("knows a process from an earlier boot, or a later one of the same number", () => {
		const living = identifyProcess(sleeper());
		if (!living) throw new Error("no process");
		for (const qemu of [
			{ ...living, boot: "another" },
			{ ...living, started: "1" },
		]) {
			writeState({ ...claim("a"), owner: undefined, qemu });
			removeStaleHosts();
			expect(readState("a")).toBeUndefined();
		}
		writeState({ ...claim("a"), owner: undefined, qemu: living });
		removeStaleHosts();
		expect(readState("a")?.qemu).toEqual(living);
	});

	it("removes the half-made folder of a start that was killed", () => {
		mkdirSync(join(cache, "hosts", ".claim-999999999-x"), { recursive: true });
		mkdirSync(join(cache, "hosts", `.claim-${process.pid}-x`), { recursive: true });
		removeStaleHosts();
		expect(existsSync(join(cache, "hosts", ".claim-999999999-x"))).toBe(false);
		expect(existsSync(join(cache, "hosts", `.claim-${process.pid}-x`))).toBe(true);
	});
});

describe("removeHost", () => {
	it("ends the host's own process and removes its folder and inventory, and nothing of another host", () => {
		const inventory = join(cache, "a.json");
		writeFileSync(inventory, "{}");
		const [mine, other] = [identifyProcess(sleeper()), identifyProcess(sleeper())];
		writeState({ ...claim("a"), owner: undefined, qemu: mine, inventory });
		writeState({ ...claim("b"), owner: undefined, qemu: other });
		removeHost("a");
		expect(existsSync(hostFolder("a"))).toBe(false);
		expect(existsSync(inventory)).toBe(false);
		expect(isAlive(other)).toBe(true);
		expect(readState("b")).toBeDefined();
	});
});

describe("checkName", () => {
	it.each(["bookworm", "a", "web-1", "x".repeat(42)])("accepts %j", (name) => {
		expect(checkName(name)).toBe(name);
	});

	it.each(["", "-a", "a-", "A", "a.b", "../a", "a b", "1a", "ä", "x".repeat(43), "a\n"])("refuses %j", (name) => {
		expect(() => checkName(name)).toThrow("name: ");
	});
});
