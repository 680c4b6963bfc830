import type { ResourceLog } from "../engine-log";
import { type Bag, containsUnknown, equal, unknownString } from "../values";
import { type LocalInputs, runLocal } from "./local";
import { type RemoteInputs, runRemote } from "./remote";
import { localCommand, remoteCommand, type Shape } from "./shapes";

/** One kind of resource that this plugin manages. */
export interface Resource {
	shape: Shape;
	/** Runs a command; resolves to the outputs that it changes. */
	run(command: string, inputs: Bag, previous: Bag, log: ResourceLog, abort: AbortSignal): Promise<Bag>;
}

const resources: Record<string, Resource> = {
	"command:remote:Command": {
		shape: remoteCommand,
		run: (command, inputs, previous, log, abort) =>
			runRemote(command, inputs as unknown as RemoteInputs, previous, log, abort),
	},
	"command:local:Command": {
		shape: localCommand,
		run: (command, inputs, previous, log, abort) =>
			runLocal(command, inputs as unknown as LocalInputs, previous, log, abort),
	},
};

export function resourceOf(urn: string): Resource {
	const type = (urn.split("::")[2] ?? "").replace(/^.*\$/, "");
	const resource = resources[type];
	if (!resource) {
		throw new Error(
			`${type} is not among the resources that this stand-in for pulumi-resource-command knows: ${Object.keys(resources).join(", ")}`,
		);
	}
	return resource;
}

const nothingWritten: Bag = { stdout: "", stderr: "" };

export const createOutputs = (inputs: Bag, written: Bag): Bag => ({ ...inputs, ...nothingWritten, ...written });

export const previewCreate = (inputs: Bag): Bag => ({ ...inputs, stdout: unknownString, stderr: unknownString });

/** The outputs that are not copies of inputs. */
function ownOutputs(resource: Resource, outputs: Bag): Bag {
	const own = Object.entries(outputs).filter(([key]) => !(key in resource.shape.fields));
	return { ...nothingWritten, ...Object.fromEntries(own) };
}

export const updateOutputs = (resource: Resource, olds: Bag, news: Bag, written: Bag): Bag => ({
	...news,
	...ownOutputs(resource, olds),
	...written,
});

/** In a preview every output of a command that may run again is unknown. */
export function previewUpdate(resource: Resource, olds: Bag, news: Bag): Bag {
	const own = ownOutputs(resource, olds);
	const runsAgain = Object.keys(resource.shape.fields).some(
		(key) => containsUnknown(news[key]) || (key in olds && !equal(olds[key], news[key])),
	);
	return { ...news, ...(runsAgain ? Object.fromEntries(Object.keys(own).map((key) => [key, unknownString])) : own) };
}
