import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { type AgentProgram, agentParts, assembleAgent } from "./assemble";

/** The folder that the agent lives in on a host. */
export const agentFolder = "/usr/local/lib/pulumi-apparmor";

/** The agent's file on a host. */
export const agentPath = `${agentFolder}/apparmor-agent.sh`;

/** The last line of every policy that is sent to the agent: without it the transfer was cut short. */
export const endOfPolicy = "# pulumi-apparmor: end of policy";

/** The text of a program as it is written: `src` ships beside `dist`, so this path holds in both. */
export function agentScript(program: AgentProgram): string {
	const folder = path.join(__dirname, "..", "..", "src", "agent", "parts");
	return assembleAgent(agentParts[program].map((part) => readFileSync(path.join(folder, `${part}.sh`), "utf8")));
}

const delivered: { [program in AgentProgram]?: string } = {};

/**
 * The text of a program as it is sent to hosts or clusters and kept in Pulumi's state: without its comments (but for
 * the first, which says what it is), its indentation and its empty lines.
 */
export function deliveredScript(program: AgentProgram): string {
	delivered[program] ??= withoutComments(agentScript(program));
	return delivered[program];
}

function withoutComments(script: string): string {
	return script
		.split("\n")
		.filter((line, index) => index < 2 || !/^\s*(#|$)/.test(line))
		.map((line) => `${line.replace(/^\t+/, "")}\n`)
		.join("");
}

/** Names what hosts run by what it is: the first 12 hexadecimal digits of the delivered text's SHA-256. */
export function agentVersion(): string {
	return createHash("sha256").update(deliveredScript("host")).digest("hex").slice(0, 12);
}
