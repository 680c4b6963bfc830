import type { Command } from "commander";
import type { Console } from "./console";
import { exitCodes } from "./exit";
import { logRecords } from "./log";

interface Options {
	profile?: string;
}

/** `events [FILE…]`: a log → one JSON object an audit record. */
export function addEvents(program: Command, console: Console, exit: (code: number) => void): void {
	program
		.command("events")
		.summary("a log → AppArmor's audit records as JSON lines")
		.description(
			"Finds AppArmor's audit records in logs of any size, and prints each as a JSON object on a line of its own, under the kernel's own key names. Reads what auditd, syslog, dmesg and journalctl (short, json, export) write, gzipped files too. What is no whole record is left out and counted.",
		)
		.argument("[file...]", 'the logs; none, or "-", is standard input')
		.option("-p, --profile <name>", "only this profile, with its children and hats")
		.addHelpText(
			"after",
			`
Examples:
  $ journalctl -k -b | pulumi-apparmor events --profile myapp
  $ pulumi-apparmor events /var/log/audit/audit.log* | jq -r 'select(.event == "DENIED") | .name' | sort | uniq -c`,
		)
		.action(async (files: string[], options: Options) => {
			for await (const { event } of logRecords(files, console, options.profile)) {
				if (!console.stdout.write(`${JSON.stringify(event)}\n`)) await console.stdout.drained();
			}
			exit(exitCodes.ok);
		});
}
