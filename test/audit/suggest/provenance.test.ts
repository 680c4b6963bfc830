import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { suggestRules } from "../../../src/audit/suggest/suggest";
import { event, fileEvent, only, ownFileEvent } from "./events";

describe("provenance", () => {
	it("counts the records, with their first and last time and the first of them", () => {
		const [first, second] = [fileEvent("/a", "r", { epoch: 20.5 }), fileEvent("/a", "w", { epoch: 10.25, comm: "x" })];
		expect(only([first, second, first]).provenance).toEqual({
			count: 3,
			first: 10.25,
			last: 20.5,
			example: JSON.stringify(second),
		});
	});

	it("counts a record for each rule that it asks for, once", () => {
		const events = [fileEvent("/a", "rk"), ownFileEvent("/a", "rw")];
		expect(suggestRules(events).map(({ text, provenance }) => [text, provenance.count])).toEqual([
			["/a rk,", 2],
			["owner /a w,", 1],
		]);
	});

	it("takes over what groups of events say", () => {
		const group = { event: fileEvent("/a"), count: 7, first: 1, last: 9, example: "the line" };
		expect(only([group as never]).provenance).toEqual({ count: 7, first: 1, last: 9, example: "the line" });
	});

	it("has no times where records have none", () => {
		expect(only([fileEvent("/a")]).provenance).toEqual({ count: 1, example: JSON.stringify(fileEvent("/a")) });
	});
});

const names = [
	"/a",
	"/proc/1/x",
	"/proc/22/x",
	"/tmp/x.Ab12Cd",
	"/srv/x/1",
	"/srv/x/2",
	"/home/u/f",
	"/srv/y/a",
	"/srv/y/b",
	"/srv/y/c",
	"/srv/y/d",
	"/srv/y/e",
];
const events = fc.record({
	profile: fc.constantFrom("app", "app//h", "other", "app//null-/bin/x", ":ns:app"),
	name: fc.constantFrom(...names),
	mask: fc.constantFrom("r", "w", "rw", "k", "a", "m"),
	own: fc.boolean(),
	epoch: fc.integer({ min: 1, max: 5 }),
	kind: fc.constantFrom("file", "file", "exec", "signal", "unix"),
});

const toEvent = ({
	profile,
	name,
	mask,
	own,
	epoch,
	kind,
}: {
	profile: string;
	name: string;
	mask: string;
	own: boolean;
	epoch: number;
	kind: string;
}) => {
	const more = { profile, epoch };
	if (kind === "exec") return event({ ...more, operation: "exec", name });
	if (kind === "signal")
		return event({
			...more,
			operation: "signal",
			denied_mask: "send",
			signal: mask === "r" ? "term" : "hup",
			peer: name,
		});
	if (kind === "unix")
		return event({
			...more,
			operation: "connect",
			family: "unix",
			sock_type: "stream",
			denied_mask: own ? "connect" : "send",
			peer: name,
		});
	return own ? ownFileEvent(name, mask, more) : fileEvent(name, mask, more);
};

it("the order of the events makes no difference", () => {
	fc.assert(
		fc.property(fc.array(events, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (records, random) => {
			const input = records.map(toEvent);
			const shuffled = [...input].sort(() => ((random.next().value as number) % 2 === 0 ? 1 : -1));
			expect(suggestRules(shuffled)).toEqual(suggestRules(input));
		}),
	);
});

it("events of different namespaces are kept apart", () => {
	const suggestions = suggestRules([fileEvent("/a"), fileEvent("/a", "r", { namespace: "root//x" })]);
	expect(suggestions.map(({ namespace, provenance }) => [namespace, provenance.count])).toEqual([
		[undefined, 1],
		["root//x", 1],
	]);
});
