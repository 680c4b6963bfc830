import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { applyCommand, removeCommand } from "../agent/agent";
import { holdsOutput, isKnown } from "../known";
import { stackOwner } from "../owner";
import type { Mode } from "../policy/mode";
import { inputError, renderProblems } from "../problems";
import { type RenderedPolicy, renderPolicy } from "../profile/render";
import { type Problem, type ProfileSpec, policyInput, specProblems } from "../profile/spec";
import { loadTemplate } from "../templates/load";
import { agentCommand, quiet } from "./agent-command";
import { policyFile } from "./policy-file";
import { type HostResult, hostResult } from "./result";
import { accessOf, type HostTarget, type NamedTarget, namedTargets, targetProblems } from "./target";
import { unitProblems } from "./units";

/** What an AppArmorProfile is made from. */
export interface AppArmorProfileArgs {
	/** The hosts to put the profile on: targets of AppArmorHosts, or names and connections of your own. */
	hosts: pulumi.Input<pulumi.Input<HostTarget>[]>;
	/** The profile's name: letters, digits and `. _ + -`; the resource's name by default. */
	profileName?: string;
	/** The path that the profile confines, such as "/opt/myapp/bin/myapp"; AppArmor's globs may be in it. */
	attachment?: pulumi.Input<string>;
	/**
	 * A template: a file (with a "/" in its name or ending in ".hbs", relative to the program's folder), or the
	 * name of one that comes with the package, such as "custom-application". Either this or `policy` is needed.
	 */
	template?: pulumi.Input<string>;
	/** The policy itself, as text that declares exactly this profile. Either this or `template` is needed. */
	policy?: pulumi.Input<string>;
	/** The values for the template. Nothing in them can change the policy's structure. */
	// biome-ignore lint/suspicious/noExplicitAny: the only type for "any value" that Pulumi's schema inference takes.
	values?: pulumi.Input<{ [key: string]: any }>;
	/**
	 * What the profile does: "complain" logs what it would refuse, "enforce" refuses and logs, "kill" kills the
	 * process as well, "unconfined" only attaches the name, "disabled" installs the policy without loading it.
	 */
	mode: pulumi.Input<Mode>;
	/**
	 * The oldest AppArmor release on the hosts, such as "4.0": what the policy's syntax and its `abi` are chosen
	 * for; "3.0" by default, which every later release reads too.
	 */
	parserVersion?: pulumi.Input<string>;
	/**
	 * The systemd units that run the application, such as "myapp.service". After a change, a unit whose main
	 * process is not confined by the profile is restarted: a process that started before its profile was first
	 * loaded stays unconfined. A unit that fails to start again brings the old policy back. None by default.
	 */
	restartUnits?: pulumi.Input<pulumi.Input<string>[]>;
	/**
	 * Takes over a profile of this name that something else put on the host (a package, a person, another
	 * stack). What was there comes back when this resource is destroyed. False by default: such a profile is
	 * an error, and is left alone.
	 */
	adopt?: pulumi.Input<boolean>;
}

/**
 * One AppArmor profile on any number of hosts, in a mode. Changing the mode, a value or the template is an
 * update in place of one command a host; `pulumi preview --diff` shows the change of the policy.
 *
 * ```ts
 * new apparmor.AppArmorProfile("myapp", {
 *     hosts: [web1.target],
 *     attachment: "/opt/myapp/bin/myapp",
 *     template: "./profiles/myapp.hbs",
 *     values: { dataDir: "/opt/myapp/data" },
 *     mode: "complain",
 * });
 * ```
 *
 * On each host the policy is checked by its own apparmor_parser before anything is changed; a failure leaves
 * the old policy loaded and on disk. Destroying it unloads the profile, and the application runs unconfined.
 */
export class AppArmorProfile extends pulumi.ComponentResource {
	/** The profile's name. */
	public readonly profileName: pulumi.Output<string>;
	/** The mode that was asked for. */
	public readonly mode: pulumi.Output<Mode>;
	/** The policy as it is loaded, its mode in its flags. */
	public readonly policyText: pulumi.Output<string>;
	/** SHA-256, in hex, of the policy without its mode: the same in staging and in production. */
	public readonly policyHash: pulumi.Output<string>;
	/** What each host's kernel says, in the order of `hosts`. */
	public readonly results: pulumi.Output<HostResult[]>;

	/** @throws InputPropertiesError with everything that is wrong with the arguments. */
	constructor(name: string, args: AppArmorProfileArgs, opts?: pulumi.ComponentResourceOptions) {
		// Before the resource is registered, so that wrong arguments leave no trace.
		const label = `AppArmorProfile "${name}"`;
		const profileName = args.profileName ?? name;
		const targets = namedTargets(args.hosts);
		const rendered = renderArgs(label, profileName, args, targetsProblems(args.hosts, targets));
		super("pulumi-apparmor:index:AppArmorProfile", name, {}, opts);

		rendered.warnings.apply((warnings) => {
			for (const warning of warnings) pulumi.log.warn(warning, this);
		});
		const deliver = (target: NamedTarget) => deliverTo(target, { name, profileName, args, rendered, parent: this });
		this.results = targets
			? pulumi.all(targets.map(deliver))
			: // The hosts' names are inside of an output, as they are for programs in other languages.
				pulumi.output(args.hosts).apply((hosts) => {
					const found = namedTargets(hosts as HostTarget[]);
					const problems = targetsProblems(hosts as HostTarget[], found);
					if (problems.length > 0) throw inputError(label, problems);
					return pulumi.all((found ?? []).map(deliver));
				});
		this.profileName = pulumi.output(profileName);
		this.mode = pulumi.output(args.mode);
		this.policyText = rendered.text;
		this.policyHash = rendered.hash;
		this.registerOutputs({
			profileName: this.profileName,
			mode: this.mode,
			policyText: this.policyText,
			policyHash: this.policyHash,
			results: this.results,
		});
	}
}

interface Delivery {
	name: string;
	profileName: string;
	args: AppArmorProfileArgs;
	rendered: pulumi.Output<RenderedPolicy>;
	parent: pulumi.Resource;
}

/** The command that loads the profile on one host, and the agent's before it where the host has none yet. */
function deliverTo(
	target: NamedTarget,
	{ name, profileName, args, rendered, parent }: Delivery,
): pulumi.Output<HostResult> {
	const owner = stackOwner();
	const access = accessOf(target, `AppArmorProfile "${name}"`);
	const agent = target.agentInstalled
		? []
		: [agentCommand(`${name}:agent@${target.name}`, access, `${owner}/${target.name}/${name}`, { parent })];
	const file = rendered.apply((policy) => policyFile(policy, owner));
	const command = new remote.Command(
		// Not the resource's own name: two resources that claim one profile on one host are a duplicate URN.
		`${profileName}@${target.name}`,
		{
			connection: access.connection,
			create: pulumi
				.all([access.sudo, args.mode, rendered, file.lines, args.restartUnits, args.adopt])
				.apply(([sudo, mode, policy, lines, restartUnits, adopt]) =>
					applyCommand({
						sudo,
						name: profileName,
						owner,
						mode,
						policyHash: policy.hash,
						attachments: policy.attachment === undefined ? [] : [policy.attachment],
						restartUnits: restartUnits ?? [],
						adopt: adopt ?? false,
						lines,
					}),
				),
			delete: access.sudo.apply((sudo) => removeCommand({ sudo, name: profileName, owner })),
			stdin: file.text,
			...quiet,
		},
		{ parent, dependsOn: agent },
	);
	return command.stdout.apply((stdout) => hostResult(target.name, stdout));
}

function targetsProblems(hosts: AppArmorProfileArgs["hosts"], targets: NamedTarget[] | undefined): Problem[] {
	if (!isKnown(hosts)) return [];
	if (!Array.isArray(hosts)) return [{ property: "hosts", reason: "must be a list of hosts" }];
	if (hosts.length === 0) return [{ property: "hosts", reason: "is empty: the profile would be put nowhere" }];
	const problems = hosts.flatMap((host, index) => (isKnown(host) ? targetProblems(host, `hosts[${index}]`) : []));
	const seen = new Set<string>();
	for (const { name } of targets ?? []) {
		if (seen.has(name)) problems.push({ property: "hosts", reason: `two hosts are called ${JSON.stringify(name)}` });
		seen.add(name);
	}
	return problems;
}

/**
 * Renders the policy: at once where all that it takes is known, so that every problem is found before anything
 * is registered; else as soon as it is.
 */
function renderArgs(
	label: string,
	name: string,
	args: AppArmorProfileArgs,
	problems: Problem[],
): pulumi.Output<RenderedPolicy> {
	const { attachment, template, policy, values, mode, parserVersion, restartUnits } = args;
	const inputs = { attachment, template, policy, values, mode, parserVersion, restartUnits };
	const render = (known: pulumi.Unwrap<typeof inputs>, others: Problem[]): RenderedPolicy => {
		const { restartUnits: units, ...rest } = known;
		const spec = { ...rest, name } as ProfileSpec;
		const found = [...others, ...specProblems(spec, "profileName"), ...unitProblems(units)];
		// Rendering a spec that is wrong already would only say the same thing again.
		if (found.length === others.length) {
			try {
				const result = renderPolicy(policyInput(spec, loadTemplate));
				if (others.length === 0) return result;
			} catch (error) {
				found.push(...renderProblems(error, spec));
			}
		}
		throw inputError(label, found);
	};
	if (!holdsOutput(inputs)) return pulumi.output(render(inputs as pulumi.Unwrap<typeof inputs>, problems));
	if (problems.length > 0) throw inputError(label, problems);
	return pulumi.output(inputs).apply((known) => render(known as pulumi.Unwrap<typeof inputs>, []));
}
