import { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { deliveredScript, installCommand, uninstallCommand } from "../agent/agent";
import type { Access } from "./target";

/**
 * The command that puts the agent on a host. `installer` is who needs it there: the agent goes when the last
 * one that does has gone, so that stacks sharing a host do not take it from each other.
 */
export function agentCommand(
	name: string,
	access: Access,
	installer: string,
	opts: pulumi.CustomResourceOptions,
): remote.Command {
	return new remote.Command(
		name,
		{
			connection: access.connection,
			create: access.sudo.apply((sudo) => installCommand({ sudo, owner: installer })),
			delete: access.sudo.apply((sudo) => uninstallCommand({ sudo, owner: installer })),
			stdin: deliveredScript("host"),
			...quiet,
		},
		opts,
	);
}

/** What all our commands share. */
export const quiet = {
	// By default the plugin sets variables on the host, which sshd refuses unless AcceptEnv names them.
	addPreviousOutputInEnv: false,
	// The result on stdout is for this package; what is said on stderr is for people.
	logging: remote.Logging.Stderr,
} as const;
