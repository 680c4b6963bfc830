export { findHost, type SandboxConnection, SandboxHost } from "./host";
export { exitOnSignals } from "./interrupt";
export { type Inventory, inventoryOf } from "./inventory";
export { parseRelease, type Release, releases } from "./release";
export { type RunOptions, type RunResult, type SshTarget, sshArguments } from "./ssh";
export { type StartOptions, startHost } from "./start";
