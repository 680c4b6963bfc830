import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Messages about one resource, shown by the engine beside it. */
export interface ResourceLog {
	/** A passing remark: shown while the resource is worked on, not kept. */
	status(message: string): void;
	info(message: string): void;
	warning(message: string): void;
	error(message: string): void;
	/** Resolves when the engine has everything that was logged. */
	flush(): Promise<void>;
}

/** The engine's log service; silent where a plugin runs without an engine. */
export class EngineLog {
	private readonly client: EngineClient | undefined;

	constructor(address: string) {
		this.client = address ? new EngineClient(address, credentials.createInsecure()) : undefined;
	}

	for(urn: string): ResourceLog {
		// One after the other, so that the engine shows lines in the order in which the command wrote them.
		let queue = Promise.resolve();
		const send = (severity: LogSeverity, message: string, ephemeral: boolean) => {
			const request = new LogRequest().setUrn(urn).setMessage(message).setEphemeral(ephemeral);
			// The generated type of setSeverity wants the enum's own member; LogSeverity is an object at run time.
			request.setSeverity(severity as never);
			queue = queue.then(
				() => new Promise<void>((done) => (this.client ? this.client.log(request, () => done()) : done())),
			);
		};
		return {
			status: (message) => send(LogSeverity.INFO, message, true),
			info: (message) => send(LogSeverity.INFO, message, false),
			warning: (message) => send(LogSeverity.WARNING, message, false),
			error: (message) => send(LogSeverity.ERROR, message, false),
			flush: () => queue,
		};
	}
}
