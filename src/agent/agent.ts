/** The agent: its text, the command lines that call it on a host, and its answers. */

export * from "./answers";
export type { AgentProgram } from "./assemble";
export * from "./command-lines";
export { agentFolder, agentPath, agentScript, agentVersion, deliveredScript, endOfPolicy } from "./script";
