import { stringify } from "yaml";
import type { FleetHost } from "./hosts";

/** How to reach a host, as far as Ansible is told. */
export interface Reachable extends Pick<FleetHost, "target" | "variables"> {
	privateKeyFile: string;
}

interface Connection {
	host: string;
	port: number;
	user: string;
	hostKey: string;
}

/** The hosts as an Ansible inventory in YAML. */
export function inventory(hosts: Reachable[]): string {
	const entries = hosts.map(({ target, variables, privateKeyFile }) => {
		const { host, port, user } = target.connection as Connection;
		const reach = {
			ansible_host: host,
			ansible_port: port,
			ansible_user: user,
			ansible_ssh_private_key_file: privateKeyFile,
		};
		return [target.name, { ...reach, ...variables }];
	});
	return stringify({ all: { hosts: Object.fromEntries(entries) } });
}

/** The hosts' keys, as OpenSSH's client wants them. */
export function knownHosts(hosts: Pick<FleetHost, "target">[]): string {
	return hosts
		.map(({ target }) => target.connection as Connection)
		.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`)
		.join("");
}

/** ansible.cfg as who knows Ansible well sets it up for speed; ControlPersist and the like are its defaults. */
export function configuration(folder: string): string {
	return [
		"[defaults]",
		"forks = 20",
		"gathering = explicit",
		// Spares it from looking for Python on every host.
		"interpreter_python = /usr/bin/python3",
		"host_key_checking = True",
		`inventory = ${folder}/inventory.yml`,
		`local_tmp = ${folder}/local`,
		"retry_files_enabled = False",
		"[ssh_connection]",
		"pipelining = True",
		`control_path_dir = ${folder}/cp`,
		// The user's own ssh settings take no part.
		`ssh_common_args = -F none -o UserKnownHostsFile=${folder}/known_hosts -o GlobalKnownHostsFile=/dev/null -o IdentitiesOnly=yes`,
		"",
	].join("\n");
}

/** On how many hosts a run changed something, by the recap at its end. */
export function changedHosts(stdout: string): number {
	const recap = stdout.slice(stdout.lastIndexOf("PLAY RECAP"));
	return [...recap.matchAll(/ changed=([1-9]\d*) /g)].length;
}
