import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What a test asks for in the environment: one resource each. */
export interface WantedCommand {
	name: string;
	type: "remote" | "local";
	args: Record<string, unknown>;
	/** The name of an earlier resource whose stdout is this one's stdin. */
	stdinFrom?: string;
	additionalSecretOutputs?: string[];
}

const wanted = JSON.parse(process.env.TEST_COMMANDS ?? "[]") as WantedCommand[];

export const stdout: Record<string, pulumi.Output<string>> = {};
export const assets: Record<string, pulumi.Output<string[]>> = {};
for (const { name, type, args, stdinFrom, additionalSecretOutputs } of wanted) {
	const inputs = { ...args, ...(stdinFrom ? { stdin: stdout[stdinFrom] } : {}) };
	const options = { additionalSecretOutputs };
	if (type === "remote") {
		stdout[name] = new command.remote.Command(name, inputs as unknown as command.remote.CommandArgs, options).stdout;
	} else {
		const local = new command.local.Command(name, inputs, options);
		stdout[name] = local.stdout;
		assets[name] = local.assets.apply((found) => Object.keys(found ?? {}));
	}
}

const config = new pulumi.Config();
export const greeting = config.get("greeting");
export const password = config.getSecret("password");
export const project = { stack: pulumi.getStack(), name: pulumi.getProject() };

console.log("the program wrote this to stdout");
console.log(`the program runs in a preview: ${pulumi.runtime.isDryRun()}`);
console.error("the program wrote this to stderr");
if (process.env.TEST_FAILURE) throw new Error(process.env.TEST_FAILURE);
