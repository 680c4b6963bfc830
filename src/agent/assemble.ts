/**
 * The agent is two programs of the same parts: what hosts run, once a command, and what a node's pod runs, `serve`.
 * A part is a file of `parts/`. All are read before the last one runs, so that each may use what any defines.
 */
export const agentParts = {
	host: [
		"host-head",
		"settings",
		"words",
		"work",
		"files",
		"writing",
		"json",
		"names",
		"arguments",
		"kernel",
		"facts",
		"processes",
		"declared",
		"messages",
		"blocks",
		"ownership",
		"apply",
		"commands",
		"install",
		"host-main",
	],
	loader: [
		"loader-head",
		"settings",
		"words",
		"files",
		"json",
		"names",
		"kernel",
		"messages",
		"node",
		"claims",
		"charge",
		"survey",
		"load",
		"retire",
		"features",
		"pass",
		"serve",
		"loader-main",
	],
} as const;

export type AgentProgram = keyof typeof agentParts;

/** Joins the texts of the parts, an empty line between two. */
export function assembleAgent(texts: string[]): string {
	return texts.join("\n");
}
