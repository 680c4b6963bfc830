import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { ensureSystemPackages } from "../../setup/packages";
import type { FleetHost } from "./hosts";
import { changedHosts, configuration, inventory, knownHosts } from "./inventory";
import type { Tool } from "./tool";
import type { Wanted } from "./work";

const playbook = join(__dirname, "ansible", "playbook.yml");

/** `ansible-playbook` of ansible/playbook.yml. */
export class AnsibleTool implements Tool {
	readonly name = "ansible";

	/** The process group of the run that is under way. */
	private running: number | undefined;

	private constructor(private readonly folder: string) {}

	/** The folder's path must be short and without spaces: ssh's control sockets go there. */
	static async make(hosts: FleetHost[], folder: string): Promise<AnsibleTool> {
		await ensureSystemPackages([{ command: "ansible-playbook", package: "ansible-core" }]);
		mkdirSync(folder, { mode: 0o700 });
		const file = (name: string, text: string) => {
			writeFileSync(join(folder, name), text, { mode: 0o600 });
			return join(folder, name);
		};
		file(
			"inventory.yml",
			inventory(hosts.map((host) => ({ ...host, privateKeyFile: file(`${host.target.name}.key`, host.privateKey) }))),
		);
		file("known_hosts", knownHosts(hosts));
		file("ansible.cfg", configuration(folder));
		return new AnsibleTool(folder);
	}

	static async version(): Promise<string> {
		return (await execa("ansible-playbook", ["--version"])).stdout.split("\n")[0] as string;
	}

	async prepare(first: Wanted): Promise<void> {
		await this.playbook(first, ["--syntax-check"]);
	}

	async run(wanted: Wanted): Promise<number> {
		return changedHosts(await this.playbook(wanted));
	}

	/** Ends what runs, and the SSH connections that are kept open. Synchronous, for use while this process exits. */
	stopNow(): void {
		if (this.running !== undefined) {
			process.kill(-this.running, "SIGKILL");
			this.running = undefined;
			// What its forks have just started on the hosts still writes there: it must be over before files are removed.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
		}
		const sockets = join(this.folder, "cp");
		for (const socket of existsSync(sockets) ? readdirSync(sockets) : []) {
			try {
				execFileSync("ssh", ["-F", "none", "-S", join(sockets, socket), "-O", "exit", "any"], { stdio: "ignore" });
			} catch {
				// Ended already.
			}
		}
	}

	private async playbook(wanted: Wanted, args: string[] = []): Promise<string> {
		const variables = join(this.folder, "wanted.json");
		writeFileSync(variables, JSON.stringify(wanted));
		const run = execa("ansible-playbook", [playbook, "--extra-vars", `@${variables}`, ...args], {
			env: {
				ANSIBLE_CONFIG: join(this.folder, "ansible.cfg"),
				ANSIBLE_HOME: join(this.folder, "home"),
				ANSIBLE_NOCOLOR: "1",
				LC_ALL: "C.UTF-8",
			},
			stdin: "ignore",
			reject: false,
			all: true,
			// A group of its own, so that its forks can be ended with it.
			detached: true,
		});
		this.running = run.pid;
		const result = await run;
		this.running = undefined;
		if (result.failed) throw new Error(`ansible-playbook ended with status ${result.exitCode}:\n${result.all}`);
		return result.stdout;
	}
}
