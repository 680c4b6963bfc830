import { type Command, InvalidArgumentError } from "commander";
import { parse } from "yaml";
import { type ProfileSpec, specProblems } from "../profile/spec";
import type { Console } from "./console";
import { UserError } from "./exit";
import { readText } from "./input";

/** What a template is rendered with. */
export interface SpecOptions {
	name?: string;
	attachment?: string;
	values?: string;
	set: Record<string, unknown>;
	parserVersion?: string;
}

export function addSpecOptions(command: Command): Command {
	return command
		.option("-n, --name <name>", "the profile's name")
		.option("-a, --attachment <path>", "the path that the profile confines")
		.option("--values <file>", 'the template\'s values, as a YAML or JSON file; "-" is standard input')
		.option("-s, --set <key=value>", "one value more, its right side as YAML; may be repeated", setting, {})
		.option("--parser-version <version>", 'the oldest apparmor_parser that must read it, "3.0" where none is named');
}

/** The spec that the options describe. @throws UserError with everything that is wrong with them. */
export async function templateSpec(
	template: string,
	options: SpecOptions,
	mode: ProfileSpec["mode"],
	console: Console,
): Promise<ProfileSpec> {
	const { name, attachment, parserVersion } = options;
	if (name === undefined) throw new UserError(`the template ${template} is rendered for a profile: give its --name`);
	const values = {
		...(options.values === undefined ? {} : await readValues(options.values, console)),
		...options.set,
	};
	const spec: ProfileSpec = {
		name,
		template,
		values,
		mode,
		...(attachment === undefined ? {} : { attachment }),
		...(parserVersion === undefined ? {} : { parserVersion }),
	};
	const problems = specProblems(spec);
	if (problems.length > 0)
		throw new UserError(problems.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
	return spec;
}

function setting(text: string, previous: Record<string, unknown>): Record<string, unknown> {
	const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
	if (key === undefined || value === undefined)
		throw new InvalidArgumentError('expected KEY=VALUE, such as "dataDir=/srv".');
	return { ...previous, [key]: parse(value) };
}

async function readValues(file: string, console: Console): Promise<Record<string, unknown>> {
	const text = await readText(file, console);
	let values: unknown;
	try {
		values = parse(text);
	} catch (error) {
		throw new UserError(`${file} is neither YAML nor JSON: ${(error as Error).message}`);
	}
	if (typeof values !== "object" || values === null || Array.isArray(values))
		throw new UserError(`${file}: the values must be an object, a name and a value each, such as "dataDir: /srv"`);
	return values as Record<string, unknown>;
}
