#!/usr/bin/env node
import { once } from "node:events";
import type { Console, Output } from "./console";
import { run } from "./program";

const { stdin, stdout, stderr, env } = process;

// `… | head` closes the pipe when it has seen enough, which is no failure of ours.
stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	throw error;
});

const output = (stream: NodeJS.WriteStream): Output => ({
	write: (text) => stream.write(text),
	drained: async () => {
		await once(stream, "drain");
	},
});

const console: Console = {
	stdin,
	stdout: output(stdout),
	stderr: output(stderr),
	interactive: stderr.isTTY === true,
	terminal: stdout.isTTY === true,
	// https://no-color.org: any value but the empty one.
	colour: stderr.isTTY === true && stdout.isTTY === true && !env.NO_COLOR,
};

run(process.argv.slice(2), console).then((code) => {
	process.exitCode = code;
});
