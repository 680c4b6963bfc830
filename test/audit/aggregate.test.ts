import { describe, expect, it } from "vitest";
import { countEvents } from "../../src/audit/aggregate";
import type { AuditEvent } from "../../src/audit/event";

const denied = (fields: Partial<AuditEvent>) => ({
	event: { event: "DENIED", ...fields } as AuditEvent,
	line: JSON.stringify(fields),
});

describe("countEvents", () => {
	it("counts events that differ in nothing but time, serial number and process", async () => {
		const records = [
			denied({ name: "/a", epoch: 20, serial: 1, pid: 5, comm: "one" }),
			denied({ name: "/b", epoch: 21, serial: 2, pid: 5 }),
			denied({ name: "/a", epoch: 10, serial: 3, pid: 6, comm: "two" }),
			denied({ name: "/a", epoch: 15, serial: 4, pid: 7 }),
		];
		expect(await countEvents(records)).toEqual({
			events: 4,
			dropped: 0,
			groups: [
				{ event: records[0]?.event, count: 3, first: 10, last: 20, example: records[0]?.line },
				{ event: records[1]?.event, count: 1, first: 21, last: 21, example: records[1]?.line },
			],
		});
	});

	it("keeps apart what asks for different rules", async () => {
		const records = [
			denied({ name: "/a", ouid: 0 }),
			denied({ name: "/a", ouid: 1 }),
			denied({ name: "/a", ouid: 1, requested_mask: "r" }),
			denied({ name: "/a ouid=1" }),
		];
		expect((await countEvents(records)).groups.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
	});

	it("has no times where no record says one, and takes the first that does", async () => {
		const [group] = (await countEvents([denied({ name: "/a" })])).groups;
		expect(group && Object.keys(group)).toEqual(["event", "count", "example"]);
		const [later] = (await countEvents([denied({ name: "/a" }), denied({ name: "/a", epoch: 5 })])).groups;
		expect(later).toMatchObject({ count: 2, first: 5, last: 5 });
	});

	it("stops at the most groups, and says what is left out", async () => {
		const records = ["/a", "/b", "/c", "/a", "/c"].map((name) => denied({ name }));
		const counts = await countEvents(records, { mostGroups: 2 });
		expect(counts.groups.map(({ event, count }) => [event.name, count])).toEqual([
			["/a", 2],
			["/b", 1],
		]);
		expect(counts.dropped).toBe(2);
		expect(counts.note).toBe(
			"2 of 5 events are left out: the log has more than 2 different ones. " +
				"Read a shorter stretch of it, or one profile's records.",
		);
	});
});
