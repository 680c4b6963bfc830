import type { SandboxHost } from "../../sandbox";
import type { HostTarget } from "../../src/index";
import type { ReachableHost } from "../../test/engine/reachable-host";

/** A host that both tools put the profiles on. */
export interface FleetHost {
	readonly target: HostTarget;
	/** The private key that both tools log in with. */
	readonly privateKey: string;
	/** What the playbook must know of it, beside how to reach it. */
	readonly variables: Record<string, string>;
	/** How many SSH connections have been let in so far. */
	connections(): Promise<number>;
	/** What the kernel has loaded: a line "NAME (MODE)" a profile. */
	loaded(): Promise<string[]>;
	/** The text of a profile's file in /etc/apparmor.d. */
	policyFile(name: string): Promise<string>;
}

/** A folder with a feigned kernel, behind a real sshd. */
export class LoopbackHost implements FleetHost {
	readonly target: HostTarget;
	readonly privateKey: string;
	readonly variables: Record<string, string>;

	constructor(
		private readonly reachable: ReachableHost,
		remoteTemporaryFolder: string,
	) {
		this.target = reachable.target;
		this.privateKey = reachable.sshd.privateKey;
		const { AGENT_PARSER, AGENT_SECURITYFS } = reachable.host.environment() as Record<string, string>;
		this.variables = {
			policy_folder: reachable.host.path("etc/apparmor.d"),
			parser: AGENT_PARSER as string,
			loaded_profiles: `${AGENT_SECURITYFS}/apparmor/profiles`,
			// All these hosts share this user's real home.
			ansible_remote_tmp: remoteTemporaryFolder,
			// This sshd offers no SFTP; Ansible then sends files through the session that it has.
			ansible_ssh_transfer_method: "piped",
		};
	}

	async connections(): Promise<number> {
		return countLogins(this.reachable.sshd.log());
	}

	async loaded(): Promise<string[]> {
		return (this.reachable.host.read("kernel/apparmor/profiles") ?? "").split("\n");
	}

	async policyFile(name: string): Promise<string> {
		return this.reachable.host.policyFile(name) ?? "";
	}
}

/** A Debian host in QEMU with AppArmor in its kernel. */
export class RealHost implements FleetHost {
	readonly target: HostTarget;
	readonly privateKey: string;
	readonly variables = {
		policy_folder: "/etc/apparmor.d",
		parser: "/usr/sbin/apparmor_parser",
		loaded_profiles: "/sys/kernel/security/apparmor/profiles",
	};

	constructor(private readonly sandbox: SandboxHost) {
		this.target = { name: sandbox.name, connection: sandbox.connection };
		this.privateKey = sandbox.connection.privateKey;
	}

	/** Asked over a connection that the sandbox keeps open, and which therefore counts once at most. */
	async connections(): Promise<number> {
		return countLogins((await this.sandbox.run("journalctl --no-pager -o cat -t sshd")).stdout);
	}

	async loaded(): Promise<string[]> {
		return (await this.sandbox.run("cat /sys/kernel/security/apparmor/profiles")).stdout.split("\n");
	}

	async policyFile(name: string): Promise<string> {
		return (await this.sandbox.run(`cat /etc/apparmor.d/${name}`)).stdout;
	}
}

const countLogins = (log: string) => [...log.matchAll(/^Accepted /gm)].length;
