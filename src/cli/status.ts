import type { Command } from "commander";
import { isOff, type StatusRow } from "../cluster/status";
import { type Cell, changes, statusTable, verdict } from "../cluster/status-text";
import { type Console, printable, styled } from "./console";
import { exitCodes, UserError } from "./exit";
import { askCluster, type Question } from "./kube/ask";
import { type Display, watch } from "./kube/watch";

interface Options extends Question {
	kube?: true;
	watch?: true;
	json?: true;
}

/** `status --kube`: what the nodes of a cluster have loaded, and whether it is what was declared. */
export function addStatus(program: Command, console: Console, exit: (code: number) => void): void {
	program
		.command("status")
		.summary("what the nodes of a cluster have loaded, beside what is declared")
		.description(
			"Asks the loaders of a cluster's nodes, through kubectl, and shows each profile on each node: its declared and its actual mode, the content's hash, whether the loader is ready, and the last error. Needs the rights to list daemonsets.apps and pods, and to create pods/exec.",
		)
		.option("--kube", "the nodes of a Kubernetes cluster (a host tells by itself: apparmor-agent.sh status)")
		.option("--kubeconfig <file>", "as kubectl's")
		.option("--context <name>", "as kubectl's")
		.option("-n, --namespace <name>", "only the loaders in this namespace, in place of all")
		.option("--distribution <name>", "only the distribution of this name")
		.option(
			"-w, --watch",
			"look again every 2 seconds until Ctrl-C; where standard output is no terminal, a line a change",
		)
		.option("--json", "the rows as JSON; with --watch a line each time that something has changed")
		.addHelpText(
			"after",
			`
Exit codes: 0 all as declared, 1 something is off (with --watch: when last looked at), 2 the cluster cannot be asked.

Examples:
  $ pulumi-apparmor status --kube
  $ pulumi-apparmor status --kube --context production --distribution profiles --watch
  $ pulumi-apparmor status --kube --json | jq '.[] | select(.state == "off")'`,
		)
		.action(async (options: Options) => {
			if (!options.kube)
				throw new UserError(
					'which status? "--kube" asks the nodes of a cluster; a host is asked on it, by root: /usr/local/lib/pulumi-apparmor/apparmor-agent.sh status',
				);
			exit(options.watch ? await watched(options, console) : codeFor(await once(options, console)));
		});
}

const codeFor = (rows: readonly StatusRow[]) => (rows.some(isOff) ? exitCodes.findings : exitCodes.ok);

async function once(options: Options, console: Console): Promise<StatusRow[]> {
	const rows = await askCluster(options, console.interactive ? { progress: progressOn(console) } : {});
	if (options.json) console.stdout.write(`${JSON.stringify(rows, null, "\t")}\n`);
	else {
		console.stdout.write(table(rows, console));
		console.stderr.write(`${coloured(rows, console)}\n`);
	}
	return rows;
}

function progressOn(console: Console) {
	return (asked: number, of: number) =>
		console.stderr.write(asked < of ? `\r\x1b[Kasked ${asked} of ${of} loaders` : "\r\x1b[K");
}

async function watched(options: Options, console: Console): Promise<number> {
	const stop = new AbortController();
	const onSignal = () => stop.abort();
	for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, onSignal);
	try {
		const display = displayFor(options, console);
		const last = await watch((signal) => askCluster(options, { signal }), display, stop.signal);
		return last === undefined ? exitCodes.failure : codeFor(last);
	} finally {
		for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, onSignal);
	}
}

/** How a watch shows what it sees: on a terminal one picture that changes, else a line a change. */
export function displayFor(options: Pick<Options, "json">, console: Console): Display {
	const { stdout, stderr } = console;
	const failed = (error: UserError) => {
		for (const line of error.message.split("\n"))
			stderr.write(`${styled(console, "red", "error:")} ${printable(line)}\n`);
	};
	if (options.json)
		return {
			show: (rows, before) => {
				const line = JSON.stringify(rows);
				if (line !== JSON.stringify(before)) stdout.write(`${line}\n`);
			},
			failed,
		};
	if (console.terminal)
		return {
			// Home, the picture, each line wiped to its end, and all below it.
			show: (rows) => {
				const text = `${table(rows, console)}${coloured(rows, console)}\n`;
				stdout.write(`\x1b[H${text.replaceAll("\n", "\x1b[K\n")}\x1b[J`);
			},
			failed,
		};
	return {
		show: (rows, before = []) => {
			const lines = changes(before, rows);
			for (const line of lines) stdout.write(`${printable(line)}\n`);
			if (lines.length > 0) stderr.write(`${coloured(rows, console)}\n`);
		},
		failed,
	};
}

const coloured = (rows: readonly StatusRow[], console: Console) =>
	styled(console, rows.some(isOff) ? "red" : "green", verdict(rows));

const colours = { heading: "bold", good: "green", bad: "red", note: "dim" } as const;

function table(rows: readonly StatusRow[], console: Console): string {
	const cell = ({ text, tone }: Cell) =>
		tone === "plain" || text === "" ? printable(text) : styled(console, colours[tone], printable(text));
	return statusTable(rows)
		.map((cells) => `${cells.map(cell).join("").trimEnd()}\n`)
		.join("");
}
