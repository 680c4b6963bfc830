import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { clusterCommand } from "./cluster/cli";
import { findHost, type SandboxHost } from "./host";
import { exitOnSignals } from "./interrupt";
import { inventoryPath, writeInventory } from "./inventory";
import { isAlive } from "./process";
import { parseRelease, releases } from "./release";
import { sshArguments } from "./ssh";
import { startHost } from "./start";
import { checkName, type HostState, isInUse, listStates, readState, removeHost, removeStaleHosts } from "./state";
import { argument, printTable, UsageError } from "./usage";

const help = `Throw-away Debian hosts with a real AppArmor kernel, in QEMU on this machine, reachable on loopback only.

  npm run sandbox -- up [--release R] [--name N]     start a host (the first one of a release builds its image)
  npm run sandbox -- ssh [NAME] [-- COMMAND…]        a shell on it as root, or one command
  npm run sandbox -- status [--json]                 the hosts there are
  npm run sandbox -- down [NAME…] [--all]            end hosts; nothing of them is kept

  npm run sandbox -- cluster help                    Kubernetes clusters of such hosts

  --release R   ${Object.keys(releases).join(", ")} (default bookworm)
  --name N      default: the release. Several hosts run side by side under different names.

"up" writes .sandbox/NAME.json, from which a Pulumi program takes the host's connection.
NAME may be left out where there is only one host.
`;

/** The one host meant when none is named. */
function onlyName(verb: string): string {
	const names = listStates().map((state) => state.name);
	if (names.length === 1) return names[0] as string;
	if (names.length === 0) throw new UsageError(`no sandbox host is there: "npm run sandbox -- up" starts one`);
	throw new UsageError(`${verb}: which host? There are ${names.join(", ")}`);
}

function runningHost(name: string): SandboxHost {
	const host = findHost(argument(checkName, name));
	if (host) return host;
	throw new UsageError(`no host named "${name}" is running: "npm run sandbox -- status" lists those that are`);
}

async function up(options: { release?: string; name?: string }): Promise<void> {
	const release = argument(parseRelease, options.release ?? "bookworm");
	const name = argument(checkName, options.name ?? release);
	const host = await startHost({ release, name, keep: true, inventory: inventoryPath(name) });
	const inventory = writeInventory(host);
	host.disconnect();
	const { port, user } = host.connection;
	console.log(`${name} is up: ${releases[release].title}, ${user}@127.0.0.1 port ${port}

  shell          npm run sandbox -- ssh ${name}
  for Pulumi     ${inventory}
  end it         npm run sandbox -- down ${name}`);
}

async function ssh(name: string, command: string[]): Promise<number> {
	const host = runningHost(name);
	host.disconnect();
	const args = [...(command.length === 0 ? ["-t"] : []), ...sshArguments(host.sshTarget, "root"), ...command];
	const child = spawn("ssh", args, { stdio: "inherit" });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => resolve(code ?? 255));
	});
}

function describe(state: HostState) {
	const { name, release, qemu, startedAt, forwards, inventory } = state;
	const status = isAlive(qemu) ? "running" : isInUse(state) ? "starting" : "stale";
	return { name, release, status, port: forwards[22], pid: qemu?.pid, startedAt, inventory };
}

function status(json: boolean): void {
	const hosts = listStates().map(describe);
	if (json) {
		console.log(JSON.stringify(hosts, null, "\t"));
		return;
	}
	if (hosts.length === 0) {
		console.error(`no sandbox host is there: "npm run sandbox -- up" starts one`);
		return;
	}
	const rows = [["NAME", "RELEASE", "STATUS", "PORT", "SINCE"]];
	for (const host of hosts) rows.push([host.name, host.release, host.status, String(host.port ?? "-"), host.startedAt]);
	printTable(rows);
}

function down(names: string[], all: boolean): void {
	if (all && names.length > 0) throw new UsageError(`down: either names (${names.join(", ")}) or --all, not both`);
	const wanted = all ? listStates().map((state) => state.name) : names.length > 0 ? names : [onlyName("down")];
	for (const name of wanted) {
		if (!readState(argument(checkName, name))) throw new UsageError(`down: there is no host named "${name}"`);
	}
	for (const name of wanted) {
		removeHost(name);
		console.log(`${name} is gone`);
	}
	removeStaleHosts();
}

async function main(argv: string[]): Promise<number> {
	if (argv[0] === "cluster") return clusterCommand(argv.slice(1));
	const separator = argv.indexOf("--");
	const own = separator < 0 ? argv : argv.slice(0, separator);
	const command = separator < 0 ? [] : argv.slice(separator + 1);
	const { values, positionals } = argument(parse, own);
	const [verb, ...names] = positionals;
	if (values.help || verb === undefined || verb === "help") {
		console.log(help);
		return verb === undefined && !values.help ? 2 : 0;
	}
	const allowed: Record<string, string[]> = { up: ["release", "name"], ssh: [], status: ["json"], down: ["all"] };
	const options = allowed[verb];
	if (!options) throw new UsageError(`"${verb}" is not one of ${Object.keys(allowed).join(", ")}, cluster`);
	for (const name of Object.keys(values))
		if (!options.includes(name)) throw new UsageError(`${verb} has no option --${name}`);
	const most = { up: 0, ssh: 1, status: 0, down: Number.POSITIVE_INFINITY }[verb] ?? 0;
	if (names.length > most) throw new UsageError(`${verb}: "${names[most]}" is one argument too many`);
	if (command.length > 0 && verb !== "ssh") throw new UsageError(`${verb} takes no command after "--"`);
	if (verb === "up") await up(values);
	if (verb === "status") status(values.json === true);
	if (verb === "down") down(names, values.all === true);
	return verb === "ssh" ? ssh(names[0] ?? onlyName("ssh"), command) : 0;
}

function parse(args: string[]) {
	return parseArgs({
		args,
		allowPositionals: true,
		options: {
			release: { type: "string" },
			name: { type: "string" },
			json: { type: "boolean" },
			all: { type: "boolean" },
			help: { type: "boolean", short: "h" },
		},
	});
}

exitOnSignals();
main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: Error) => {
		const hint = error instanceof UsageError ? '\n"npm run sandbox -- help" shows how it is used' : "";
		console.error(`sandbox: ${error.message}${hint}`);
		process.exitCode = error instanceof UsageError ? 2 : 1;
	},
);
