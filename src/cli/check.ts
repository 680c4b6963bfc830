import { type Command, InvalidArgumentError } from "commander";
import { includesFrom } from "../includes/includes";
import { checkPolicy, type Problem } from "../policy/check/check";
import { parseParserVersion } from "../policy/knowledge/parser-version";
import { type Console, printable, styled } from "./console";
import { exitCodes } from "./exit";
import { readText, standardInput } from "./input";
import { repeated } from "./options";

interface Options {
	include: string[];
	parserVersion?: string;
	container?: true;
	fragment?: true;
	strict?: true;
	quiet?: true;
	json?: true;
}

/** What was found in one file. */
interface Checked {
	file: string;
	accepted: boolean;
	problems: Problem[];
}

/** `check FILE…`: would `apparmor_parser` take it, and what would an expert say. */
export function addCheck(program: Command, console: Console, exit: (code: number) => void): void {
	program
		.command("check")
		.summary("would the parser accept it, and what would an expert say")
		.description(
			`Reads policies as apparmor_parser does and says what it would refuse, all of it at once, without AppArmor on this machine. Prints one line a file: "FILE: ok", or the first error as "FILE:LINE:COL: message". Everything else that was found, further errors and an expert's advice, goes to standard error, one line each with its code; docs/findings.md explains the codes.`,
		)
		.argument("[file...]", 'the policies; none, or "-", is standard input')
		.option(
			"-I, --include <folder>",
			"where <…> is looked for, in place of /etc/apparmor.d; may be repeated",
			repeated,
			[],
		)
		.option(
			"--parser-version <version>",
			"also say which rules an apparmor_parser of this version does not know",
			release,
		)
		.option("--container", "the profiles are for containers")
		.option("--fragment", "the files are parts that policies include, as abstractions are")
		.option("--strict", "refuse what has warnings, too")
		.option("-q, --quiet", "no advice, only the line a file")
		.option("--json", "everything that was found, as JSON on standard output")
		.addHelpText(
			"after",
			`
Examples:
  $ pulumi-apparmor check profiles/*.apparmor
  $ pulumi-apparmor check --strict --parser-version 3.0 --json myapp.apparmor
  $ pulumi-apparmor render ./myapp.hbs -n myapp | pulumi-apparmor check`,
		)
		.action(async (files: string[], options: Options) => {
			const include = includesFrom(options.include);
			const checked: Checked[] = [];
			for (const file of files.length > 0 ? files : ["-"]) {
				const text = await readText(file, console);
				const problems = checkPolicy(text, {
					...(include === undefined ? {} : { include }),
					...(options.parserVersion === undefined ? {} : { target: options.parserVersion }),
					container: options.container ?? false,
					fragment: options.fragment ?? false,
				});
				const refusing = options.strict ? ["error", "warning"] : ["error"];
				checked.push({
					file: file === "-" ? standardInput : file,
					accepted: !problems.some(({ severity }) => refusing.includes(severity)),
					problems,
				});
			}
			if (options.json) console.stdout.write(`${JSON.stringify(checked, null, "\t")}\n`);
			else for (const one of checked) report(one, options, console);
			exit(checked.every(({ accepted }) => accepted) ? exitCodes.ok : exitCodes.findings);
		});
}

function release(text: string): string {
	if (parseParserVersion(text)) return text;
	throw new InvalidArgumentError('expected an AppArmor release from 3.0 on, such as "4.0".');
}

function report({ file, accepted, problems }: Checked, options: Options, console: Console): void {
	const at = (problem: Problem) => `${printable(problem.file ?? file)}:${problem.line}:${problem.column}`;
	const first =
		problems.find(({ severity }) => severity === "error") ?? problems.find(({ severity }) => severity === "warning");
	if (accepted || first === undefined) console.stdout.write(`${printable(file)}: ${styled(console, "green", "ok")}\n`);
	else
		console.stdout.write(
			`${at(first)}: ${styled(console, "red", printable(first.message))}${first.file === undefined ? "" : ` (included by ${printable(file)})`}\n`,
		);
	if (options.quiet) return;
	for (const problem of problems) {
		if (!accepted && problem === first) continue;
		const severity = styled(console, colours[problem.severity], `${problem.severity}:`);
		console.stderr.write(`${at(problem)}: ${severity} ${printable(problem.message)} [${problem.code}]\n`);
	}
}

const colours = { error: "red", warning: "yellow", info: "dim" } as const;
