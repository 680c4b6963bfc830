/** A log's events as JSON lines, which are thrown away. */
import { createReadStream } from "node:fs";
import { readAuditEvents } from "../../src/audit/stream/stream";
import { runPipeline } from "./pipeline";

void runPipeline(async (path, counters) => {
	let written = 0;
	for await (const event of readAuditEvents(createReadStream(path, { highWaterMark: 1 << 20 }), { counters })) {
		if (JSON.stringify(event).length > 0) written++;
	}
	return written;
});
