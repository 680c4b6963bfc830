import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked to register it. */
export interface Registered {
	type: string;
	name: string;
	inputs: Record<string, unknown>;
	/** The names of the inputs that were marked as secret. */
	secrets: string[];
}

const facts = { agent: "1", kernel: "6.1.0", parser: "3.0.8", abi: "3.0", apparmor: true, os: "Debian" };

/** The signature by which the engine's protocol marks a secret. */
const secretKey = "4dabf18193072939515e22adb298388d";

function unwrap(value: unknown): unknown {
	if (typeof value === "object" && value !== null && secretKey in value) return (value as { value?: unknown }).value;
	return value;
}

/**
 * Answers for the engine: agents that are installed at once, and profiles that the kernel takes. It proves what
 * is registered, and nothing of what a host would do with it.
 */
export class Mocks {
	readonly registered: Registered[] = [];

	/** Once a process: what resources of one test still have under way must not reach the engine of another. */
	constructor() {
		pulumi.runtime.setMocks(
			{ newResource: (args) => this.register(args), call: () => ({}) },
			"shop",
			"production",
			false,
			"acme",
		);
	}

	forget(): void {
		this.registered.length = 0;
	}

	private register(args: pulumi.runtime.MockResourceArgs): { id: string; state: Record<string, unknown> } {
		const entries = Object.entries(args.inputs as Record<string, unknown>);
		const inputs = Object.fromEntries(entries.map(([key, value]) => [key, unwrap(value)]));
		const secrets = entries.filter(([key, value]) => value !== inputs[key]).map(([key]) => key);
		this.registered.push({ type: args.type, name: args.name, inputs, secrets });
		if (args.type !== "command:remote:Command") return { id: args.name, state: inputs };
		const create = String(inputs.create);
		const name = / apply (\S+) /.exec(create)?.[1];
		const mode = / --mode (\S+)/.exec(create)?.[1];
		const applied = { name, mode, loaded: true, changed: true, unconfined: [], blocksInComplain: [] };
		return { id: args.name, state: { ...inputs, stdout: JSON.stringify(name ? applied : facts) } };
	}

	/** The commands, once all that was started has been registered. */
	async commands(): Promise<Registered[]> {
		// Not in the SDK's types: waits for registrations under way.
		await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
		return this.registered.filter(({ type }) => type === "command:remote:Command");
	}
}

export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
	return new Promise((resolve) => {
		output.apply((value) => resolve(value as T));
	});
}
