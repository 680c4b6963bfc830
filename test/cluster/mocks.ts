import * as pulumi from "@pulumi/pulumi";

/** An object as the engine was asked to register it. */
export interface Registered {
	type: string;
	name: string;
	// biome-ignore lint/suspicious/noExplicitAny: manifests are looked into by tests, which say what they expect.
	inputs: any;
	/** The paths of what was marked as secret. */
	secrets: string[];
}

/** The signature by which the engine's protocol marks a secret. */
const secretKey = "4dabf18193072939515e22adb298388d";

/** Answers for the engine as an API server that takes everything, and gives names to what has none. */
export class ClusterMocks {
	readonly registered: Registered[] = [];

	/** Once a process. */
	constructor() {
		const newResource = (args: pulumi.runtime.MockResourceArgs) => this.register(args);
		pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "shop", "production", false, "acme");
	}

	forget(): void {
		this.registered.length = 0;
	}

	private register({ type, name, inputs: given }: pulumi.runtime.MockResourceArgs) {
		const secrets: string[] = [];
		const inputs = unwrap(given, "", secrets) as { metadata?: { name?: string } };
		this.registered.push({ type, name, inputs, secrets });
		const metadata = { ...inputs.metadata, name: inputs.metadata?.name ?? `${name}-f00d` };
		return { id: name, state: { ...inputs, metadata } };
	}

	/** What was registered of a kind, once all that was started has been. */
	async all(kind: string): Promise<Registered[]> {
		// Not in the SDK's types: waits for registrations under way.
		await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
		return this.registered.filter(({ type }) => type.endsWith(`:${kind}`));
	}

	/** The only one of its kind. */
	async only(kind: string): Promise<Registered> {
		const [found, second] = await this.all(kind);
		if (!found || second) throw new Error(`not just one ${kind}`);
		return found;
	}
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (secretKey in value) {
		secrets.push(path);
		return unwrap((value as { value?: unknown }).value, path, secrets);
	}
	if (Array.isArray(value)) return value.map((one, index) => unwrap(one, `${path}[${index}]`, secrets));
	const entries = Object.entries(value).map(([key, one]) => [key, unwrap(one, path ? `${path}.${key}` : key, secrets)]);
	return Object.fromEntries(entries);
}

export function resolved<T>(value: pulumi.Input<T>): Promise<T> {
	return new Promise((resolve) => {
		pulumi.output(value).apply((known) => resolve(known as T));
	});
}
