import { Command, CommanderError } from "commander";
import { NoSuchFolder } from "../includes/includes";
import { PolicyError, PolicyErrors } from "../policy/errors";
import { RenderError } from "../profile/render";
import { TemplateError } from "../profile/template-syntax";
import { TemplateNotFound } from "../templates/load";
import { addCheck } from "./check";
import { type Console, printable, styled } from "./console";
import { addDiff } from "./diff";
import { addEvents } from "./events";
import { exitCodes, UserError } from "./exit";
import { addRender } from "./render";
import { addStatus } from "./status";
import { addSuggest } from "./suggest";

/**
 * Runs one command line, without the program's name, and returns its exit code: 0 nothing wrong, 1 something
 * was found (a policy is refused, two differ), 2 the command could not do its work.
 */
export async function run(args: string[], console: Console): Promise<number> {
	let code: number = exitCodes.ok;
	const exit = (value: number) => {
		code = value;
	};
	const program = new Command("pulumi-apparmor")
		.description("AppArmor policy from the first line to an enforced profile: render, check, compare, learn.")
		.version(version(), "-V, --version")
		.configureOutput({
			writeOut: (text) => console.stdout.write(text),
			writeErr: (text) => console.stderr.write(text),
			getOutHasColors: () => console.colour,
			getErrHasColors: () => console.colour,
		})
		.configureHelp({ showGlobalOptions: true })
		.showSuggestionAfterError()
		.exitOverride()
		.addHelpText(
			"after",
			`
Exit codes: 0 nothing wrong; 1 something was found (a policy is refused, two differ); 2 the command failed.
\`pulumi-apparmor help COMMAND\` has examples.`,
		);
	for (const add of commands) add(program, console, exit);
	for (const command of program.commands) command.copyInheritedSettings(program);
	try {
		await program.parseAsync(args, { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.failure;
		if (!isForPeople(error)) throw error;
		for (const line of error.message.split("\n"))
			console.stderr.write(`${styled(console, "red", "error:")} ${printable(line)}\n`);
		return exitCodes.failure;
	}
}

const commands = [addRender, addCheck, addDiff, addEvents, addSuggest, addStatus];

/** Errors whose message is all that a person needs; any other is a defect, and shows where. */
function isForPeople(error: unknown): error is Error {
	return [UserError, NoSuchFolder, PolicyError, PolicyErrors, RenderError, TemplateError, TemplateNotFound].some(
		(kind) => error instanceof kind,
	);
}

function version(): string {
	return require("../../package.json").version;
}
