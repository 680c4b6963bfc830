import { createHash } from "node:crypto";
import { agentFolder, agentPath, agentVersion } from "./script";

/** One word of a POSIX shell's command line, whatever it holds. */
export function shellQuote(word: string): string {
	if (/[\0\n\r]/.test(word))
		throw new Error(`${JSON.stringify(word)} holds a NUL or a line break: no word of a command`);
	return /^[A-Za-z0-9_\-+=:,./@%]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Who runs a command, and for whom. */
export interface AgentCall {
	/** Whether the user who connects is not root and runs the agent by `sudo -n`. */
	sudo?: boolean;
	/** The stack that the command is for: a host can serve several. */
	owner: string;
}

/** What `apply` is told, beside the policy on its stdin. */
export interface ApplyCall extends AgentCall {
	name: string;
	mode: string;
	policyHash?: string;
	attachments?: string[];
	restartUnits?: string[];
	adopt?: boolean;
	/**
	 * Where the policy's lines come from, for the parser's messages: from line `start` on, line `start + k` of the
	 * policy is line `line + k` of `sources[source]`.
	 */
	lines?: { sources: string[]; runs: { start: number; source: number; line: number }[] };
}

const words = (...parts: string[]) => parts.map(shellQuote).join(" ");

const as = (call: AgentCall) => (call.sudo ? "sudo -n " : "");

const repeated = (option: string, values: string[] = []) => values.flatMap((value) => [option, value]);

/** Brings the agent to a host; its text (`deliveredScript("host")`) goes to stdin. Prints the host's facts. */
export function installCommand(call: AgentCall): string {
	// Each owner has its own file to write to: two stacks may bring the agent at the same moment.
	const incoming = `${agentPath}.${createHash("sha256").update(call.owner).digest("hex").slice(0, 8)}.new`;
	const install = words("sh", incoming, "install", "--owner", call.owner, "--version", agentVersion());
	return [words("mkdir", "-p", "-m", "0755", agentFolder), `${words("tee", incoming)} >/dev/null`, install]
		.map((command) => as(call) + command)
		.join(" && ");
}

/** A host that was installed anew has no agent, and nothing that it could remove. */
function unlessGone(call: AgentCall, command: string): string {
	return `if [ -e ${agentPath} ]; then ${as(call)}${command}; else echo 'there is no agent on this host any more: nothing to do' >&2; fi`;
}

/** Takes the agent off a host, once no stack and no profile needs it. */
export function uninstallCommand(call: AgentCall): string {
	return unlessGone(call, words(agentPath, "uninstall", "--owner", call.owner));
}

/** Installs and loads the policy on stdin, which must end with the line `endOfPolicy`. Prints an `ApplyResult`. */
export function applyCommand(call: ApplyCall): string {
	const runs = call.lines?.runs ?? [];
	const apply = words(
		agentPath,
		"apply",
		call.name,
		...["--owner", call.owner, "--mode", call.mode],
		...(call.policyHash ? ["--policy-hash", call.policyHash] : []),
		...repeated("--attachment", call.attachments),
		...repeated("--restart", call.restartUnits),
		...(call.adopt ? ["--adopt"] : []),
		...repeated("--source", call.lines?.sources),
		...(runs.length > 0 ? ["--lines", runs.map((run) => `${run.start}:${run.source}:${run.line}`).join(",")] : []),
	);
	return `if [ -e ${agentPath} ]; then ${as(call)}${apply}; else echo 'there is no agent on this host: was it installed anew? Bring the agent again (pulumi up --replace its AppArmorHost)' >&2; exit 1; fi`;
}

/** Unloads and deletes a profile; one that is gone already is no failure. Prints a `RemoveResult`. */
export function removeCommand(call: AgentCall & { name: string }): string {
	return unlessGone(call, words(agentPath, "remove", call.name, "--owner", call.owner));
}

/** Prints an `AgentStatus`, of one profile or of all. */
export function statusCommand(call: { sudo?: boolean; name?: string }): string {
	return `${call.sudo ? "sudo -n " : ""}${words(agentPath, "status", ...(call.name ? [call.name] : []))}`;
}
