import type { AuditEvent } from "../../../src/audit/event";
import { type Suggestion, type SuggestOptions, suggestRules } from "../../../src/audit/suggest/suggest";

/** A refused access to a file that belongs to someone else. */
export function fileEvent(name: string, mask = "r", more: Partial<AuditEvent> = {}): AuditEvent {
	return event({ operation: "open", name, requested_mask: mask, denied_mask: mask, fsuid: 1000, ouid: 0, ...more });
}

/** A refused access to one's own file. */
export const ownFileEvent = (name: string, mask = "r", more: Partial<AuditEvent> = {}): AuditEvent =>
	fileEvent(name, mask, { ouid: 1000, ...more });

export const event = (more: Partial<AuditEvent>): AuditEvent => ({ event: "DENIED", profile: "app", ...more });

/** The texts of what is proposed. */
export const texts = (events: AuditEvent[], options: SuggestOptions = {}): string[] =>
	suggestRules(events, options).map(({ text }) => text);

/** The texts without generalisation. */
export const literal = (...events: AuditEvent[]): string[] => texts(events, { generalise: false });

/** The one thing that is proposed. */
export function only(events: AuditEvent[], options: SuggestOptions = {}): Suggestion {
	const suggestions = suggestRules(events, options);
	if (suggestions.length !== 1)
		throw new Error(`${suggestions.length} suggestions: ${suggestions.map(({ text }) => text)}`);
	return suggestions[0] as Suggestion;
}
