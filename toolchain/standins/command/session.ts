import { constants } from "node:os";
import type { Client, ClientChannel } from "ssh2";
import type { ResourceLog } from "../engine-log";
import type { OutputCollector } from "./output";

export interface SessionCommand {
	command: string;
	stdin: string;
	/** Variables without which the command must not run. */
	environment: Record<string, string>;
	/** Variables that are worth a warning where the server refuses them. */
	previous: Record<string, string>;
	log: ResourceLog;
	output: OutputCollector;
}

/** Runs a command in a session of its own. Resolves to why it failed, in the official plugin's words, or to nothing. */
export function runInSession(client: Client, run: SessionCommand): Promise<string | undefined> {
	return new Promise((resolve, reject) => {
		setVariablesFirst(client, run, reject);
		client.exec(run.command, (error, channel) => {
			if (error) reject(new Error(`ssh: command ${run.command} failed`));
			else follow(channel, run, resolve);
		});
	});
}

function follow(channel: ClientChannel, run: SessionCommand, done: (reason?: string) => void): void {
	let reason: string | undefined = "wait: remote command exited without exit status or exit signal";
	channel.on("data", (data: Buffer) => run.output.write("stdout", data));
	channel.stderr.on("data", (data: Buffer) => run.output.write("stderr", data));
	channel.on("exit", (code: number | null, signal?: string) => {
		if (code === 0) reason = undefined;
		else if (code !== null) reason = `Process exited with status ${code}`;
		else reason = `Process exited with status ${signalStatus(signal)} from signal ${signal?.replace(/^SIG/, "")}`;
	});
	channel.on("close", () => done(reason));
	// A command need not read what it is given.
	channel.on("error", () => {});
	channel.end(run.stdin);
}

function signalStatus(signal = ""): number {
	const name = (signal.startsWith("SIG") ? signal : `SIG${signal}`) as NodeJS.Signals;
	return 128 + (constants.signals[name] ?? 0);
}

/**
 * What the next function needs of ssh2's inside: its public API sends variables, but never waits for the server's
 * answers, and starts the command whatever they are.
 */
interface Inside {
	_protocol: {
		env(channel: number, name: string, value: string, wantReply: boolean): void;
		exec(channel: number, command: string, wantReply: boolean): void;
	};
	_chanMgr: { get(channel: number): { _callbacks: Answer[]; close(): void } };
}
type Answer = (refused: unknown) => void;

/** Sends the variables before the command, and the command only if the server took those that it needs. */
function setVariablesFirst(client: Client, run: SessionCommand, refuse: (error: Error) => void): void {
	const variables = [
		...Object.entries(run.environment).map(([name, value]) => ({ name, value, needed: true })),
		...Object.entries(run.previous).map(([name, value]) => ({ name, value, needed: false })),
	];
	if (variables.length === 0) return;
	const { _protocol: protocol, _chanMgr: channels } = client as unknown as Inside;
	const exec = protocol.exec.bind(protocol);
	protocol.exec = (id, command, wantReply) => {
		// The connection serves this one session, whose channel is therefore its first.
		const channel = channels.get(0);
		const started = channel._callbacks.pop() as Answer;
		const next = () => {
			const variable = variables.shift();
			if (!variable) {
				channel._callbacks.push(started);
				exec(id, command, wantReply);
				return;
			}
			channel._callbacks.push((refused) => {
				if (!refused) return next();
				const { name, needed } = variable;
				run.log[needed ? "error" : "warning"](refusedVariable(name));
				if (!needed) return next();
				channel.close();
				refuse(new Error(`could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`));
			});
			protocol.env(id, variable.name, variable.value, true);
		};
		next();
	};
}

const refusedVariable = (name: string) =>
	`Unable to set '${name}'. This only works if your SSH server is configured to accept\n\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n\tprefix the command itself with the variables in the form 'VAR=value command'`;
