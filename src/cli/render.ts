import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import { modes } from "../policy/mode";
import { renderPolicy } from "../profile/render";
import { type ProfileSpec, policyInput, specProblems } from "../profile/spec";
import { loadTemplate } from "../templates/load";
import { type Console, printable } from "./console";
import { exitCodes, UserError } from "./exit";
import { readText } from "./input";

interface Options {
	name: string;
	attachment?: string;
	values?: string;
	set: Record<string, unknown>;
	mode: ProfileSpec["mode"];
	parserVersion?: string;
	hash?: true;
}

/** `render TEMPLATE`: what AppArmorProfile would put on a host. */
export function addRender(program: Command, console: Console, exit: (code: number) => void): void {
	program
		.command("render")
		.summary("a template and values → policy text")
		.description(
			"Renders the policy of one profile, its mode in its flags: what AppArmorProfile puts on a host, without the header that names the stack.",
		)
		.argument("<template>", "a template file, or the name of one in the package, such as custom-application")
		.requiredOption("-n, --name <name>", "the profile's name")
		.option("-a, --attachment <path>", "the path that the profile confines")
		.option("--values <file>", 'the values, as a YAML or JSON file; "-" is standard input')
		.option("-s, --set <key=value>", "one value more, its right side as YAML; may be repeated", setting, {})
		.addOption(new Option("-m, --mode <mode>", "the mode").choices(modes).default("enforce"))
		.option("--parser-version <version>", 'the oldest apparmor_parser that must read it, "3.0" where none is named')
		.option("--hash", "print the hash that evidence and `policyHash` name, in place of the text")
		.addHelpText(
			"after",
			`
Examples:
  $ pulumi-apparmor render custom-application --name myapp --attachment /opt/myapp/bin/myapp \\
      --values values.yaml --mode complain
  $ pulumi-apparmor render ./profiles/myapp.hbs -n myapp -s dataDir=/opt/myapp/data | pulumi-apparmor check`,
		)
		.action(async (template: string, options: Options) => {
			const values = {
				...(options.values === undefined ? {} : await readValues(options.values, console)),
				...options.set,
			};
			const spec: ProfileSpec = {
				name: options.name,
				template,
				values,
				mode: options.mode,
				...(options.attachment === undefined ? {} : { attachment: options.attachment }),
				...(options.parserVersion === undefined ? {} : { parserVersion: options.parserVersion }),
			};
			const problems = specProblems(spec);
			if (problems.length > 0)
				throw new UserError(problems.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
			const rendered = renderPolicy(policyInput(spec, loadTemplate));
			for (const warning of rendered.warnings) console.stderr.write(`warning: ${printable(warning)}\n`);
			console.stdout.write(options.hash ? `${rendered.hash}\n` : rendered.text);
			exit(exitCodes.ok);
		});
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
