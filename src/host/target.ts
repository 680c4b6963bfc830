import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { isKnown } from "../known";
import type { Problem } from "../profile/spec";
import { type Connection, commandConnection, connectionProblems } from "./connection";

/** A host that profiles are put on: a stable name, and how to reach it. */
export interface HostTarget {
	/**
	 * The host's name in this stack: letters, digits and `. _ -`. What was put on a host is found again by it, so
	 * keep it when the address changes, and change it when another host takes its place.
	 */
	name: string;
	/** How to reach the host. */
	connection: pulumi.Input<Connection>;
	/** Whether to become root by `sudo -n`; by default where the user is not root. */
	sudo?: pulumi.Input<boolean>;
	/**
	 * Set by AppArmorHost's `target`: the agent is on the host already. Where it is not set, the profile
	 * brings the agent itself.
	 */
	agentInstalled?: pulumi.Input<boolean>;
}

/** A target whose name is known while the program runs, as children need it. */
export interface NamedTarget {
	name: string;
	target: pulumi.Input<HostTarget>;
	agentInstalled: boolean;
}

/** The names of the targets that AppArmorHost made in this program: an output does not show what is in it. */
const named = new WeakMap<object, string>();

export function rememberName(target: pulumi.Output<HostTarget>, name: string): void {
	named.set(target, name);
}

/** The targets with their names, or undefined where a name is inside of an output. */
export function namedTargets(hosts: pulumi.Input<pulumi.Input<HostTarget>[]>): NamedTarget[] | undefined {
	if (!Array.isArray(hosts)) return undefined;
	const targets = hosts.map((target): NamedTarget | undefined => {
		const remembered = named.get(target);
		if (remembered !== undefined) return { name: remembered, target, agentInstalled: true };
		if (!isKnown(target)) return undefined;
		const plain = target as HostTarget;
		return { name: plain.name, target: plain, agentInstalled: plain.agentInstalled === true };
	});
	return targets.every((target) => target !== undefined) ? targets : undefined;
}

/** What is wrong with one target that is no output. */
export function targetProblems(target: unknown, property: string): Problem[] {
	if (typeof target !== "object" || target === null)
		return [{ property, reason: "must be an object with a name and a connection, or an AppArmorHost's target" }];
	const { name, connection, sudo } = target as HostTarget;
	const problems: Problem[] = [];
	if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
		problems.push({
			property: `${property}.name`,
			reason: `${JSON.stringify(name) ?? "undefined"} must be letters, digits and . _ - (a stable name of your own, not necessarily the address)`,
		});
	if (sudo !== undefined && isKnown(sudo) && typeof sudo !== "boolean")
		problems.push({ property: `${property}.sudo`, reason: "must be true or false" });
	if (isKnown(connection)) problems.push(...connectionProblems(connection, `${property}.connection`, isKnown));
	return problems;
}

/** How commands reach a target and become root there. */
export interface Access {
	connection: pulumi.Output<types.input.remote.ConnectionArgs>;
	sudo: pulumi.Output<boolean>;
}

export function accessOf({ name, target }: NamedTarget, resource: string): Access {
	const resolved = pulumi.output(target).apply((plain) => {
		// What was an output while the program ran has not been looked at yet.
		const problems = targetProblems(plain, `host ${name}`);
		if (problems.length > 0)
			throw new Error(`${resource}: ${problems.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`);
		return plain;
	});
	return {
		connection: pulumi.secret(resolved.apply(({ connection }) => commandConnection(connection))),
		// Whether sudo is needed is no secret, though it is read from beside one.
		sudo: pulumi.unsecret(resolved.apply(({ sudo, connection }) => sudo ?? (connection.user ?? "root") !== "root")),
	};
}
