import type { EventGroup } from "../aggregate";
import type { AuditEvent } from "../event";
import type { Provenance } from "./suggestion";

/** One event or a group of equal ones, with its provenance. */
export interface Observation {
	event: AuditEvent;
	provenance: Provenance;
}

export function observation(input: AuditEvent | EventGroup): Observation {
	if (isGroup(input)) {
		const { event, count, first = event.epoch, last = event.epoch, example } = input;
		const times = { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) };
		return { event, provenance: { count, ...times, example } };
	}
	const times = input.epoch === undefined ? {} : { first: input.epoch, last: input.epoch };
	return { event: input, provenance: { count: 1, ...times, example: JSON.stringify(input) } };
}

const isGroup = (input: AuditEvent | EventGroup): input is EventGroup => typeof input.event === "object";

/** The provenance of both together; which came first makes no difference. */
export function joinProvenance(a: Provenance, b: Provenance): Provenance {
	const first = bound(Math.min, a.first, b.first);
	const last = bound(Math.max, a.last, b.last);
	return {
		count: a.count + b.count,
		...(first === undefined ? {} : { first }),
		...(last === undefined ? {} : { last }),
		example: exampleOf(a, b),
	};
}

function bound(choose: (a: number, b: number) => number, a?: number, b?: number): number | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return choose(a, b);
}

/** The earlier example; among those of one time, the first in the alphabet. */
function exampleOf(a: Provenance, b: Provenance): string {
	const [earlier = 0, later = 0] = [a.first, b.first];
	if (earlier !== later) return earlier < later ? a.example : b.example;
	return a.example < b.example ? a.example : b.example;
}
