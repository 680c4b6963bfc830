import { type Command, Option } from "commander";
import { modes } from "../policy/mode";
import { renderPolicy } from "../profile/render";
import { type ProfileSpec, policyInput } from "../profile/spec";
import { loadTemplate } from "../templates/load";
import { type Console, printable } from "./console";
import { exitCodes } from "./exit";
import { addSpecOptions, type SpecOptions, templateSpec } from "./spec-options";

interface Options extends SpecOptions {
	mode: ProfileSpec["mode"];
	hash?: true;
}

/** `render TEMPLATE`: what AppArmorProfile would put on a host. */
export function addRender(program: Command, console: Console, exit: (code: number) => void): void {
	addSpecOptions(
		program
			.command("render")
			.summary("a template and values → policy text")
			.description(
				"Renders the policy of one profile, its mode in its flags: what AppArmorProfile puts on a host, without the header that names the stack.",
			)
			.argument("<template>", "a template file, or the name of one in the package, such as custom-application"),
	)
		.addOption(new Option("-m, --mode <mode>", "the mode").choices(modes).default("enforce"))
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
			const spec = await templateSpec(template, options, options.mode, console);
			const rendered = renderPolicy(policyInput(spec, loadTemplate));
			for (const warning of rendered.warnings) console.stderr.write(`warning: ${printable(warning)}\n`);
			console.stdout.write(options.hash ? `${rendered.hash}\n` : rendered.text);
			exit(exitCodes.ok);
		});
}
