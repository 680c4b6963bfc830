import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { optionsEnvironment, runtimeOptions } from "./options";
import { type Exit, locateSdkModule, runNode } from "./process";

/** @pulumi/pulumi's `run` ends with this status when it has told the user what is wrong already. */
const exitedAfterTellingTheUser = 32;

/** Runs a Pulumi program to its end. */
export async function runProgram(request: RunRequest, engine: string, abort: AbortSignal): Promise<RunResponse> {
	const info = request.getInfo();
	const options = runtimeOptions(info);
	const folder = info?.getProgramDirectory() ?? request.getPwd();
	const exit = await runNode(
		[...options.nodeargs, locateSdkModule("@pulumi/pulumi/cmd/run", folder), ...programArguments(request, engine)],
		{
			env: { ...process.env, ...optionsEnvironment(options), ...configEnvironment(request) },
			abort,
			stdout: (data) => process.stdout.write(data),
			stderr: (data) => process.stderr.write(data),
		},
	);
	return responseTo(exit);
}

/** The command line of @pulumi/pulumi's `run`. */
export function programArguments(request: RunRequest, engine: string): string[] {
	const info = request.getInfo();
	const named: Record<string, string | undefined> = {
		monitor: request.getMonitorAddress(),
		engine,
		organization: request.getOrganization(),
		project: request.getProject(),
		"root-directory": info?.getRootDirectory(),
		stack: request.getStack(),
		pwd: info?.getProgramDirectory(),
		parallel: String(request.getParallel()),
	};
	return [
		...Object.entries(named).flatMap(([key, value]) => (value ? [`--${key}`, value] : [])),
		...(request.getDryrun() ? ["--dry-run"] : []),
		info?.getEntryPoint() || ".",
		...request.getArgsList(),
	];
}

/** The stack's configuration, in the form that every version of the SDK reads: `namespace:config:name`. */
export function configEnvironment(request: RunRequest): Record<string, string> {
	const config: Record<string, string> = {};
	for (const [key, value] of request.getConfigMap().toArray()) {
		const [, namespace, name] = key.match(/^([^:]+):(?:config:)?(.+)$/) ?? [];
		if (!namespace || !name) throw new Error(`could not parse ${key} as a configuration key`);
		config[`${namespace}:config:${name}`] = value;
	}
	return {
		PULUMI_CONFIG: JSON.stringify(config),
		PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
	};
}

export function responseTo(exit: Exit): RunResponse {
	const response = new RunResponse();
	if (exit.code === 0) return response;
	if (exit.code === exitedAfterTellingTheUser) return response.setBail(true);
	return response.setError(
		exit.code === null
			? `Program was ended by signal ${exit.signal}`
			: `Program exited with non-zero exit code: ${exit.code}`,
	);
}
