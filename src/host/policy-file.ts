import { endOfPolicy } from "../agent/agent";
import { type LineMap, shiftLines } from "../profile/line-map";
import type { RenderedPolicy } from "../profile/render";

/** The policy as it is sent to a host, and the map of its lines. */
export interface PolicyFile {
	text: string;
	lines: LineMap;
}

/** Puts a header before the policy, for who finds the file on the host, and the agent's end mark behind it. */
export function policyFile(rendered: RenderedPolicy, owner: string): PolicyFile {
	const source = oneLine(rendered.lines.sources[0] ?? "policy");
	const header = [
		`# Managed by pulumi-apparmor: stack ${oneLine(owner)}, from ${source}.`,
		"# Edits made here are undone: change the Pulumi program.",
	];
	return {
		text: `${header.join("\n")}\n${rendered.text}${endOfPolicy}\n`,
		lines: shiftLines(rendered.lines, header.length),
	};
}

function oneLine(text: string): string {
	return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
