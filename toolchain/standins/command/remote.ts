import type { ResourceLog } from "../engine-log";
import type { Bag } from "../values";
import { connect } from "./connection";
import { OutputCollector } from "./output";
import { runInSession } from "./session";
import type { Endpoint } from "./ssh";

/** The inputs of `command:remote:Command`, without markers. */
export interface RemoteInputs {
	connection: Endpoint & { proxy?: Endpoint };
	environment?: Record<string, string>;
	stdin?: string;
	logging?: string;
	addPreviousOutputInEnv?: boolean;
}

/** Runs a command over SSH; resolves to the outputs that it changes. */
export async function runRemote(
	command: string,
	inputs: RemoteInputs,
	previous: Bag,
	log: ResourceLog,
	abort: AbortSignal,
): Promise<Bag> {
	const connection = await connect(inputs.connection, log, abort);
	try {
		const output = new OutputCollector(log, inputs.logging);
		const reason = await runInSession(connection.client, {
			command,
			stdin: inputs.stdin ?? "",
			environment: inputs.environment ?? {},
			previous: (inputs.addPreviousOutputInEnv ?? true) ? previousOutput(previous) : {},
			log,
			output,
		});
		if (reason) throw await output.failure(reason, command);
		return { ...(await output.finish()) };
	} finally {
		connection.close();
	}
}

function previousOutput(outputs: Bag): Record<string, string> {
	return {
		...(outputs.stdout ? { PULUMI_COMMAND_STDOUT: String(outputs.stdout) } : {}),
		...(outputs.stderr ? { PULUMI_COMMAND_STDERR: String(outputs.stderr) } : {}),
	};
}
