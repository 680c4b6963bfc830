import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import {
	type AboutRequest,
	AboutResponse,
	DependencyInfo,
	type GetProgramDependenciesRequest,
	GetProgramDependenciesResponse,
	type GetRequiredPackagesRequest,
	GetRequiredPackagesResponse,
	type LanguageHandshakeRequest,
	LanguageHandshakeResponse,
	type RunRequest,
	RuntimeOptionsResponse,
	TemplateResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { pulumiVersion } from "../../versions";
import { standInNotice } from "../plugin";
import { programDependencies } from "./dependencies";
import { installDependencies } from "./install";
import { requiredPlugins } from "./packages";
import { runProgram } from "./program";
import { runPlugin } from "./run-plugin";

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** A unary method from a plain function; what that throws becomes the error that the person sees. */
function unary<Request, Response>(handler: Handler<Request, Response>) {
	return async (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
		try {
			reply(null, await handler(call.request));
		} catch (error) {
			reply({ code: status.UNKNOWN, details: (error as Error).message });
		}
	};
}

/** The Node.js language host; `argv` is the process' own, whose last word may be the engine's address. */
export function languageHost(argv: string[]): UntypedServiceImplementation {
	let engine = argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
	const cancel = new AbortController();
	let announced = false;
	const announce = () => {
		if (!announced) process.stderr.write(`${standInNotice("pulumi-language-nodejs")}\n`);
		announced = true;
	};

	return {
		handshake: unary((request: LanguageHandshakeRequest) => {
			engine = request.getEngineAddress();
			return new LanguageHandshakeResponse();
		}),
		getPluginInfo: unary(() => new PluginInfo().setVersion(pulumiVersion)),
		getRequiredPackages: unary((request: GetRequiredPackagesRequest) => {
			const packages = requiredPlugins(request.getInfo()?.getProgramDirectory() ?? ".").map((plugin) =>
				new PackageDependency()
					.setKind("resource")
					.setName(plugin.name)
					.setVersion(plugin.version)
					.setServer(plugin.server),
			);
			return new GetRequiredPackagesResponse().setPackagesList(packages);
		}),
		run: unary((request: RunRequest) => {
			announce();
			return runProgram(request, engine, cancel.signal);
		}),
		runPlugin: runPlugin(cancel.signal),
		installDependencies,
		runtimeOptionsPrompts: unary(() => new RuntimeOptionsResponse()),
		template: unary(() => new TemplateResponse()),
		about: unary(async (_: AboutRequest) => {
			const { stdout } = await promisify(execFile)("node", ["-p", "process.execPath + '\\n' + process.version"]);
			const [executable = "", version = ""] = stdout.trim().split("\n");
			return new AboutResponse().setExecutable(executable).setVersion(version);
		}),
		getProgramDependencies: unary((request: GetProgramDependenciesRequest) => {
			const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
			const found = programDependencies(folder, request.getTransitivedependencies());
			return new GetProgramDependenciesResponse().setDependenciesList(
				found.map(({ name, version }) => new DependencyInfo().setName(name).setVersion(version)),
			);
		}),
		cancel: unary(() => {
			cancel.abort();
			return new Empty();
		}),
	};
}
