import type { SystemNeed } from "../../setup/packages";

/** What the tests of the agent need: the shells that it must run under, its lint, and the parser that it calls. */
export const agentTestPackages: SystemNeed[] = [
	{ command: "dash", package: "dash" },
	{ command: "busybox", package: "busybox" },
	{ command: "shellcheck", package: "shellcheck" },
	{ command: "apparmor_parser", package: "apparmor" },
];
