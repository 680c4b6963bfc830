import { ensureToolchain } from "./index";

const usage = `usage: npm run toolchain -- ensure     find or make a working Pulumi, and say what is used
       npm run -s toolchain -- env     lines for eval: eval "$(npm run -s toolchain -- env)"
`;

const shellQuote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

async function main([command, ...rest]: string[]): Promise<number> {
	if (rest.length > 0 || !["ensure", "env"].includes(command ?? "")) {
		process.stderr.write(usage);
		return 2;
	}
	const toolchain = await ensureToolchain();
	if (command === "env") {
		const env = toolchain.env();
		for (const [name, value] of Object.entries(env)) {
			if (value !== undefined && value !== process.env[name])
				process.stdout.write(`export ${name}=${shellQuote(value)}\n`);
		}
		return 0;
	}
	const origin = (official: boolean, otherwise: string) => (official ? "official" : otherwise);
	const { official } = toolchain;
	process.stdout.write(`pulumi                      ${origin(official.cli, "built here from its Go module")}: ${toolchain.pulumi}
pulumi-language-nodejs      ${origin(official.language, "stand-in")}
pulumi-resource-command     ${origin(official.command, "stand-in")}
pulumi-resource-kubernetes  ${origin(official.kubernetes, "stand-in")}
on PATH                     ${toolchain.path.join("\n                            ")}
`);
	return 0;
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error: Error) => {
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	},
);
