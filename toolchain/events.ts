import { readFileSync } from "node:fs";

/** What the engine did, or would do in a preview, to one resource. */
export interface Step {
	/** `create`, `update`, `delete`, `same`, `refresh`, `create-replacement`, `delete-replaced`, `replace`, … */
	op: string;
	urn: string;
	/** The properties that made it do so. */
	diffs: string[];
}

export interface Diagnostic {
	severity: string;
	message: string;
	urn?: string;
}

/** How many resources were created, updated, …; a kind that did not occur is absent. */
export type Summary = Partial<Record<"create" | "update" | "delete" | "replace" | "same" | "read" | "refresh", number>>;

export interface Events {
	summary: Summary;
	steps: Step[];
	diagnostics: Diagnostic[];
}

interface EngineEvent {
	diagnosticEvent?: { severity: string; message: string; urn?: string; ephemeral?: boolean };
	summaryEvent?: { resourceChanges?: Summary };
	resourcePreEvent?: { metadata: StepMetadata; planning?: boolean };
	resOutputsEvent?: { metadata: StepMetadata; planning?: boolean };
}
interface StepMetadata {
	op: string;
	urn: string;
	diffs?: string[] | null;
}

/** Reads the engine's event log: one event a line. */
export function readEvents(file: string): Events {
	return summarise(
		readFileSync(file, "utf8")
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line) as EngineEvent),
	);
}

export function summarise(events: EngineEvent[]): Events {
	const result: Events = { summary: {}, steps: [], diagnostics: [] };
	for (const event of events) {
		const { diagnosticEvent: diagnostic, summaryEvent: summary, resOutputsEvent: done } = event;
		if (summary) result.summary = summary.resourceChanges ?? {};
		if (diagnostic && !diagnostic.ephemeral && diagnostic.severity !== "debug") {
			const { severity, message, urn } = diagnostic;
			result.diagnostics.push({ severity, message: message.replace(/<\{%.*?%\}>/g, ""), ...(urn ? { urn } : {}) });
		}
		if (done) result.steps.push({ op: done.metadata.op, urn: done.metadata.urn, diffs: done.metadata.diffs ?? [] });
	}
	return result;
}
