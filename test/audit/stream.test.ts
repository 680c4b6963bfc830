import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/audit/event";
import { createCounters, readAuditEvents, readAuditRecords, type StreamOptions } from "../../src/audit/stream/stream";

const record = (serial: number, name = "/srv/a") =>
	`type=AVC msg=audit(1764000000.000:${serial}): apparmor="DENIED" operation="open" profile="web" name="${name}"`;
const noise = "Nov 24 16:00:00 web-1 systemd[1]: Started a unit.";

/** A log in pieces of so many bytes. */
async function* pieces(log: Buffer | string, size: number): AsyncGenerator<Uint8Array> {
	const bytes = Buffer.from(log);
	for (let at = 0; at < bytes.length; at += size) yield new Uint8Array(bytes.subarray(at, at + size));
}

async function read(log: Buffer | string, size = 1 << 16, options: StreamOptions = {}) {
	const counters = createCounters();
	const events: AuditEvent[] = [];
	for await (const event of readAuditEvents(pieces(log, size), { ...options, counters })) events.push(event);
	return { events, serials: events.map(({ serial }) => serial), counters };
}

describe("readAuditEvents", () => {
	it("gives every event in the log's order, and counts", async () => {
		const log = `${[noise, record(1), noise, record(2), record(2), 'sshd: apparmor="DENIED" maybe', noise].join("\n")}\n`;
		const { serials, counters } = await read(log);
		expect(serials).toEqual([1, 2, 2]);
		expect(counters).toEqual({ bytes: Buffer.byteLength(log), lines: 7, records: 3, refused: 1 });
	});

	it("reads a last line without its end", async () => {
		const { serials, counters } = await read(`${noise}\n${record(3)}`);
		expect(serials).toEqual([3]);
		expect(counters.lines).toBe(2);
	});

	it("reads nothing from nothing", async () => {
		expect(await read("")).toEqual({
			events: [],
			serials: [],
			counters: { bytes: 0, lines: 0, records: 0, refused: 0 },
		});
	});

	it("reads CRLF, and records with noise around that is not text", async () => {
		const binary = Buffer.from([0, 255, 254, 10, 128, 0, 10]);
		const log = Buffer.concat([
			binary,
			Buffer.from(`${record(1)}\r\n`),
			binary,
			Buffer.from(`${record(2)}\r\n`),
			binary,
		]);
		expect((await read(log)).serials).toEqual([1, 2]);
	});

	it("reads records of kernels before 2.6.36, which do not say apparmor=", async () => {
		const old = 'Oct 29 08:00:01 a kernel: type=1502 audit(1225263601.980:5): operation="open" name="/a" profile="b"';
		expect((await read(`${noise}\n${old}\n`)).events).toEqual([
			{ event: "ALLOWED", epoch: 1225263601.98, serial: 5, operation: "open", name: "/a", profile: "b" },
		]);
	});

	it("does not count the kernel's command line as refused", async () => {
		const { counters } = await read("[    0.000000] Command line: apparmor=1 security=apparmor\n");
		expect(counters).toMatchObject({ records: 0, refused: 0 });
	});

	it("takes a Readable", async () => {
		const events: AuditEvent[] = [];
		for await (const event of readAuditEvents(Readable.from([Buffer.from(record(1)), Buffer.from("\n")])))
			events.push(event);
		expect(events.map(({ serial }) => serial)).toEqual([1]);
	});

	it("gives the record's text beside the event", async () => {
		const lines: string[] = [];
		for await (const { line } of readAuditRecords(pieces(`${noise}\n${record(4)}\n`, 10))) lines.push(line);
		expect(lines).toEqual([record(4)]);
	});

	it("does not mind where the pieces end", async () => {
		const log = [noise, record(1), user(2), continuation, noise, cutInName(3), 'b/c" pid=7', record(4)].join("\r\n");
		const whole = await read(log);
		expect(whole.serials).toEqual([1, 2, 3, 4]);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
				expect(await read(log, size)).toEqual(whole);
			}),
		);
	});
});

const user = (serial: number) =>
	`type=USER_AVC msg=audit(1764000000.000:${serial}): pid=1 uid=2 auid=3 ses=4 msg='apparmor="DENIED" operation="dbus_bind"`;
const continuation = `     exe="/usr/bin/dbus-daemon" hostname=?'`;
const cutInName = (serial: number) =>
	`type=AVC msg=audit(1764000000.000:${serial}): apparmor="DENIED" operation="open" name="/a`;

describe("a record in two lines", () => {
	it("is joined where both together are a record", async () => {
		const { events, counters } = await read(`${user(1)}\n${continuation}\n${cutInName(2)}\nb/c" pid=7\n`);
		expect(events.map(({ exe, name, pid }) => ({ exe, name, pid }))).toEqual([
			{ exe: "/usr/bin/dbus-daemon", name: undefined, pid: undefined },
			{ exe: undefined, name: "/ab/c", pid: 7 },
		]);
		expect(counters).toMatchObject({ records: 2, refused: 0 });
	});

	it("is not joined with a line of its own", async () => {
		const { serials, counters } = await read(
			`${cutInName(1)}\n${record(2)}\n${cutInName(3)}\n${noise}\n${cutInName(4)}`,
		);
		expect(serials).toEqual([2]);
		expect(counters.refused).toBe(3);
	});

	it("is read by itself where its first line is enough and the next one says nothing", async () => {
		expect((await read(`${user(1)}\n${noise}\n${user(2)}`)).serials).toEqual([1, 2]);
	});
});

describe("a line that is too long", () => {
	it("is passed over, and the lines after it are read", async () => {
		const long = `${record(1)} ${"x".repeat(10_000_000)}`;
		const log = `${record(0)}\n${long}\n${record(2)}\n`;
		for (const size of [1 << 16, 1 << 30]) {
			const { serials, counters } = await read(log, size);
			expect(serials).toEqual([0, 2]);
			expect(counters.lines).toBe(3);
		}
	});

	it("is a line of more than longestLine bytes", async () => {
		const log = `${record(1, "/long/enough")}\n${record(2, "/a")}\n`;
		const longestLine = record(2, "/a").length;
		for (const size of [50, 1 << 16]) expect((await read(log, size, { longestLine })).serials).toEqual([2]);
	});
});

describe("the journal", () => {
	const message = 'AVC apparmor="DENIED" operation="open" profile="web" name="/srv/a"';
	const entry = (serial: number) => ({
		__CURSOR: `s=${serial}`,
		_TRANSPORT: "audit",
		_AUDIT_ID: String(serial),
		MESSAGE: message,
		_SOURCE_REALTIME_TIMESTAMP: "1764000000000000",
	});

	it("is read as JSON, also where a message is printed as bytes", async () => {
		const bytes = { ...entry(2), MESSAGE: [...Buffer.from(message)] };
		const log = [entry(1), { __CURSOR: "s", MESSAGE: "Started a unit." }, bytes]
			.map((one) => JSON.stringify(one))
			.join("\n");
		expect((await read(log)).serials).toEqual([1, 2]);
	});

	it("is read as export entries, with the fields before and after the message", async () => {
		const text = (fields: object) =>
			Object.entries(fields)
				.map(([name, value]) => `${name}=${value}\n`)
				.join("");
		const log = [entry(1), { __CURSOR: "s", MESSAGE: "Started a unit." }, entry(2)].map(text).join("\n");
		for (const size of [7, 100, 1 << 16]) {
			const { events, serials } = await read(log, size);
			expect(serials).toEqual([1, 2]);
			expect(events.map(({ epoch }) => epoch)).toEqual([1764000000, 1764000000]);
		}
	});
});
