/** A log's events, counted, and what is suggested for them. */
import { createReadStream } from "node:fs";
import { countEvents } from "../../src/audit/aggregate";
import { readAuditRecords } from "../../src/audit/stream/stream";
import { suggestRules } from "../../src/audit/suggest/suggest";
import { runPipeline } from "./pipeline";

void runPipeline(async (path, counters) => {
	const { groups } = await countEvents(
		readAuditRecords(createReadStream(path, { highWaterMark: 1 << 20 }), { counters }),
	);
	return suggestRules(groups).length;
});
