import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { type InstallDependenciesRequest, InstallDependenciesResponse } from "@pulumi/pulumi/proto/language_pb";
import { runtimeOptions } from "./options";

/** `pulumi install`: lets the project's package manager install what package.json names. */
export function installDependencies(
	call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): void {
	const info = call.request.getInfo();
	const manager = runtimeOptions(info).packagemanager;
	const child = spawn(manager === "auto" ? "npm" : manager, ["install", "--loglevel=error"], {
		cwd: info?.getProgramDirectory() ?? call.request.getDirectory(),
		stdio: ["ignore", "pipe", "pipe"],
	});
	const fail = (details: string) => call.destroy(Object.assign(new Error(details), { code: status.UNKNOWN, details }));
	child.stdout.on("data", (data: Buffer) => call.write(new InstallDependenciesResponse().setStdout(data)));
	child.stderr.on("data", (data: Buffer) => call.write(new InstallDependenciesResponse().setStderr(data)));
	child.on("error", (error) => fail(`cannot run ${manager}: ${error.message}`));
	child.on("close", (code) => (code === 0 ? call.end() : fail(`${manager} install ended with status ${code}`)));
}
