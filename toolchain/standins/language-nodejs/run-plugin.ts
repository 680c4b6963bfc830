import type { ServerWritableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { optionsEnvironment, runtimeOptions } from "./options";
import { locateSdkModule, runNode } from "./process";

/** Runs a plugin that is written in Node.js (a component provider, or a policy pack): `PulumiPlugin.yaml`. */
export function runPlugin(abort: AbortSignal) {
	return async (call: ServerWritableStream<RunPluginRequest, RunPluginResponse>) => {
		const request = call.request;
		const ended = new AbortController();
		call.on("cancelled", () => ended.abort());
		try {
			if (request.getKind() === "analyzer") throw new Error("policy packs are not run by this stand-in");
			const options = runtimeOptions(request.getInfo());
			const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
			const env = Object.fromEntries(
				request.getEnvList().map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
			);
			const exit = await runNode(
				[
					locateSdkModule("@pulumi/pulumi/cmd/run-plugin", folder),
					...options.nodeargs,
					folder,
					...request.getArgsList(),
				],
				{
					cwd: request.getPwd(),
					env: { ...env, ...optionsEnvironment(options) },
					abort: AbortSignal.any([abort, ended.signal]),
					stdout: (data) => call.write(new RunPluginResponse().setStdout(data)),
					stderr: (data) => call.write(new RunPluginResponse().setStderr(data)),
				},
			);
			call.write(new RunPluginResponse().setExitcode(exit.code ?? 1));
			call.end();
		} catch (error) {
			call.destroy(Object.assign(error as Error, { code: status.UNKNOWN, details: (error as Error).message }));
		}
	};
}
