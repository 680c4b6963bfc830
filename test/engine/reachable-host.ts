import type { HostTarget } from "../../src/index";
import { Host } from "../agent/host";
import { type Sshd, startSshd } from "./sshd";

/** Gives the server the /usr/local/lib of the host's folder; all else is told to the agent by its environment. */
const ownAgentFolder = 'mount --bind "$1" /usr/local/lib && shift && exec "$@"';

/**
 * A host that is but a folder with a feigned kernel (see Host), behind a real sshd: for what the engine, the
 * plugin and the agent do together. What the kernel does is for the tests on real hosts.
 */
export class ReachableHost {
	private constructor(
		readonly name: string,
		readonly host: Host,
		readonly sshd: Sshd,
	) {}

	static async start(name: string): Promise<ReachableHost> {
		const host = new Host();
		// sshd takes the first SetEnv only, so the home of its own is told here as well (see startSshd).
		const variables = Object.entries({ HOME: host.root, ...host.environment() }).map(
			([key, value]) => `"${key}=${value}"`,
		);
		const within = ["unshare", "--mount", "sh", "-c", ownAgentFolder, "sh", host.folder("usr/local/lib")];
		return new ReachableHost(name, host, await startSshd([`SetEnv ${variables.join(" ")}`], within));
	}

	get target(): HostTarget {
		const { host, port, user, privateKey, hostKey } = this.sshd;
		return { name: this.name, connection: { host, port, user, privateKey, hostKey } };
	}

	async stop(): Promise<void> {
		await this.sshd.stop();
		this.host.destroy();
	}
}

/** Why these hosts cannot be had here, or undefined where they can. */
export const noReachableHosts =
	process.getuid?.() === 0 ? undefined : "only root may make the mount namespaces that these hosts live in";
