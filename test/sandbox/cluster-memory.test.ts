import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, it } from "vitest";
import { identitySize, makeIdentity } from "../../sandbox/identity";
import { qemuArguments } from "../../sandbox/qemu";

const work = mkdtempSync(join(tmpdir(), "sandbox-cluster-memory-"));
afterAll(() => rmSync(work, { recursive: true }));

const machine = { disk: "d", kernel: "k", initrd: "i", kernelArguments: [], console: "c" };

it("goes on from a memory with the devices of a machine that boots", () => {
	const booting = qemuArguments(machine, "tcg");
	const goingOn = qemuArguments({ ...machine, memory: "/the user's/memory" }, "tcg");
	expect(goingOn.slice(0, booting.length)).toEqual(booting);
	expect(goingOn.slice(booting.length)).toEqual(["-incoming", String.raw`exec:cat '/the user'\''s/memory'`]);
});

it("gives every identity disk the size that a saved memory knows, with the host's files in it", async () => {
	const files = [{ path: "/etc/kubernetes/kubelet.key", text: "KEY", mode: 0o600 }];
	const { archive } = await makeIdentity(work, "n", files);
	expect(statSync(archive).size).toBe(identitySize);
	const listed = await execa("tar", ["--numeric-owner", "-tvf", archive, "etc/kubernetes/kubelet.key"]);
	expect(listed.stdout).toMatch(/^-rw------- 0\/0 +3 /);
});

it("refuses files that do not fit, by the host's name", async () => {
	const files = [{ path: "/etc/large", text: "x".repeat(identitySize) }];
	const folder = mkdtempSync(join(work, "large-"));
	await expect(makeIdentity(folder, "n", files)).rejects.toThrow("host n: its files take more than the 1048576 bytes");
});
