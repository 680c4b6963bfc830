/**
 * The parts of the agent, in the order in which they make one script. Each is a file of `parts/`, and may use what
 * those before it define.
 */
export const agentParts = [
	"head",
	"words",
	"files",
	"json",
	"arguments",
	"kernel",
	"processes",
	"declared",
	"messages",
	"ownership",
	"apply",
	"commands",
	"install",
	"node",
	"claims",
	"survey",
	"load",
	"retire",
	"features",
	"pass",
	"serve",
	"main",
] as const;

/** Joins the texts of the parts, an empty line between two. */
export function assembleAgent(texts: string[]): string {
	return texts.join("\n");
}
