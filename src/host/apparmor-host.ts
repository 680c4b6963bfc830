import * as pulumi from "@pulumi/pulumi";
import { parseHostFacts } from "../agent/agent";
import { stackOwner } from "../owner";
import { inputError } from "../problems";
import { agentCommand } from "./agent-command";
import type { Connection } from "./connection";
import { accessOf, type HostTarget, rememberName, targetProblems } from "./target";

/** What an AppArmorHost is made from. */
export interface AppArmorHostArgs {
	/** How to reach the host. */
	connection: pulumi.Input<Connection>;
	/** Whether to become root by `sudo -n`; by default where the user is not root. */
	sudo?: pulumi.Input<boolean>;
}

/**
 * A Debian or Ubuntu host with AppArmor. Puts the agent on it, one POSIX shell script, and tells what the host
 * can do. Several profiles can share it:
 *
 * ```ts
 * const web1 = new apparmor.AppArmorHost("web-1", {
 *     connection: { host: "web-1.example.org", user: "deploy", privateKey, hostKey: "ssh-ed25519 AAAA…" },
 * });
 * new apparmor.AppArmorProfile("myapp", { hosts: [web1.target], … });
 * ```
 *
 * Its name is the host's name, and part of its profiles' identity. Destroying it removes the agent, unless
 * another stack still needs it.
 */
export class AppArmorHost extends pulumi.ComponentResource {
	/** The host for an AppArmorProfile's `hosts`. */
	public readonly target: pulumi.Output<HostTarget>;
	/** The kernel's release, such as "6.1.0-40-amd64". */
	public readonly kernel: pulumi.Output<string>;
	/** The version of apparmor_parser, such as "3.0.8"; empty where there is none. */
	public readonly parserVersion: pulumi.Output<string>;
	/** The newest ABI that policy on this host can declare, such as "3.0"; empty where there is none. */
	public readonly abi: pulumi.Output<string>;
	/** Whether AppArmor is on in the running kernel. */
	public readonly apparmorEnabled: pulumi.Output<boolean>;

	/** @throws InputPropertiesError with everything that is wrong with the arguments. */
	constructor(name: string, args: AppArmorHostArgs, opts?: pulumi.ComponentResourceOptions) {
		const plain: HostTarget = { name, connection: args.connection, sudo: args.sudo, agentInstalled: true };
		const problems = targetProblems(plain, "").map(({ property, reason }) => ({
			property: property.replace(/^\./, ""),
			reason,
		}));
		const label = `AppArmorHost "${name}"`;
		if (problems.length > 0) throw inputError(label, problems);
		super("pulumi-apparmor:index:AppArmorHost", name, {}, opts);

		const access = accessOf({ name, target: plain, agentInstalled: true }, label);
		const agent = agentCommand(`agent@${name}`, access, `${stackOwner()}/${name}`, { parent: this });

		const facts = agent.stdout.apply(parseHostFacts);
		this.kernel = facts.kernel;
		this.parserVersion = facts.apply(({ parser }) => parser ?? "");
		this.abi = facts.apply(({ abi }) => abi ?? "");
		this.apparmorEnabled = facts.apparmor;
		// Known before the agent is there, but whoever uses it waits for the agent.
		this.target = pulumi.secret(
			pulumi.all([pulumi.output(plain), agent.urn]).apply(([target]) => target as HostTarget),
		);
		rememberName(this.target, name);
		// Not the target: its private key has no business in the state a second time.
		this.registerOutputs({
			kernel: this.kernel,
			parserVersion: this.parserVersion,
			abi: this.abi,
			apparmorEnabled: this.apparmorEnabled,
		});
	}
}
