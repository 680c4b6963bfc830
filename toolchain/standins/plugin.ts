import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";

/** How often a plugin looks whether the engine that started it is still there. */
const parentCheckMs = 1000;

/**
 * Serves one gRPC service as a Pulumi plugin: a free loopback port, announced as the first line on stdout. The
 * process ends with the engine that started it, however that ends.
 */
export async function servePlugin(service: ServiceDefinition, methods: UntypedServiceImplementation): Promise<void> {
	// Policies and command output may be larger than gRPC's default limit of 4 MB; the SDK uses the same number.
	const limit = 400 * 1024 * 1024;
	const server = new Server({ "grpc.max_receive_message_length": limit, "grpc.max_send_message_length": limit });
	server.addService(service, methods);
	const port = await new Promise<number>((resolve, reject) => {
		server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
			error ? reject(error) : resolve(bound),
		);
	});
	const engine = process.ppid;
	setInterval(() => {
		if (process.ppid !== engine) process.exit(0);
	}, parentCheckMs).unref();
	process.stdout.write(`${port}\n`);
}

/** What each stand-in says once, where a person sees it. */
export const standInNotice = (plugin: string) =>
	`${plugin}: test equipment of pulumi-apparmor, standing in for Pulumi's official plugin`;
