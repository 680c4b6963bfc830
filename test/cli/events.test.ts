import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { progressLine } from "../../src/cli/progress";
import { cli } from "./cli";

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-events-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (profile: string, name: string) =>
	`[   10.1] audit: type=1400 audit(1700000000.125:7): apparmor="DENIED" operation="open" class="file" profile="${profile}" name="${name}" pid=10 comm="app" requested_mask="r" denied_mask="r" fsuid=0 ouid=0\n`;
const log = `[    9.0] eth0: link up\n${record("app", "/etc/a")}[   11.0] audit: type=1400 audit(1700000000.2:8): apparmor="DENI\n${record("app//worker", "/etc/b")}${record("apple", "/etc/c")}`;
const lines = (text: string) =>
	text
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));

describe("events", () => {
	it("prints a JSON object a record, and counts what was no record", async () => {
		const { code, stdout, stderr } = await cli(["events"], log);
		expect(code).toBe(0);
		expect(lines(stdout)).toHaveLength(3);
		expect(lines(stdout)[0]).toEqual({
			event: "DENIED",
			epoch: 1700000000.125,
			serial: 7,
			operation: "open",
			class: "file",
			profile: "app",
			name: "/etc/a",
			pid: 10,
			comm: "app",
			requested_mask: "r",
			denied_mask: "r",
			fsuid: 0,
			ouid: 0,
		});
		expect(stderr).toBe("5 lines, 3 AppArmor records; 1 line that looks like a record is none, and was left out\n");
	});

	it("keeps one profile with its children", async () => {
		const { stdout } = await cli(["events", "--profile", "app"], log);
		expect(lines(stdout).map(({ profile }) => profile)).toEqual(["app", "app//worker"]);
	});

	it("reads several files, gzipped ones too", async () => {
		const plain = join(folder, "kernel.log");
		const packed = join(folder, "kernel.log.1.gz");
		writeFileSync(plain, log);
		writeFileSync(packed, gzipSync(log));
		const { stdout, stderr } = await cli(["events", plain, packed]);
		expect(lines(stdout)).toHaveLength(6);
		expect(stderr).toMatch(/^10 lines, 6 AppArmor records/);
	});

	it("says so where a log breaks off, and does not look as if all was read", async () => {
		const cut = join(folder, "cut.gz");
		writeFileSync(cut, gzipSync(log.repeat(100)).subarray(0, -20));
		const { code, stderr } = await cli(["events", cut]);
		expect(code).toBe(2);
		expect(stderr).toBe(`error: ${cut} cannot be read to its end: unexpected end of file\n`);
	});

	it("takes an empty log for one without records", async () => {
		expect(await cli(["events"], "")).toEqual({ code: 0, stdout: "", stderr: "0 lines, 0 AppArmor records\n" });
	});
});

describe("the progress of a big log", () => {
	it("says how far it is and how long it will take", () => {
		expect(progressLine({ name: "k.log", size: 2_000_000_000 }, 500_000_000, 3000)).toBe(
			"k.log: 500 of 2,000 MB (25%), 9 s left",
		);
		expect(progressLine({ name: "<stdin>" }, 12_000_000, 3000)).toBe("<stdin>: 12 MB");
	});
});
