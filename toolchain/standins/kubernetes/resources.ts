import type { ResourceLog } from "../engine-log";
import { type Bag, containsUnknown } from "../values";
import { awaiterOf, awaitsDeletion } from "./await/awaiters";
import { checkReady, timeoutOf, type Waiting, waitUntilGone, waitUntilReady } from "./await/wait";
import { apiKeys, checkpoint, parseCheckpoint, prune, withSecrets } from "./checkpoint";
import type { Cluster } from "./cluster";
import { type Comparison, diffObjects } from "./diff";
import { isAlreadyExists, isForbidden, isNotFound, NoSuchKind, NotReadyError } from "./errors";
import { gvkOf, isCrdKind, kindOfUrn } from "./kinds";
import { randomFieldManager } from "./names";
import { normalise } from "./normalise";
import { annotationOf, idOf, type KubeObject, parseId, withAt } from "./object";
import { createObject, deleteObject, isMissingNamespace, type Operation, readObject, updateObject } from "./operations";
import { HalfDone } from "./rpc";

/** What the engine asks of one resource whose inputs are checked. */
export class ManagedResource {
	constructor(
		private readonly cluster: Cluster,
		private readonly log: ResourceLog,
		private readonly signal: AbortSignal,
		private readonly urn: string,
	) {}

	async diff({ olds, news, ignore }: { olds: Bag; news: Bag; ignore: string[] }): Promise<Comparison> {
		const old = parseCheckpoint(olds);
		const newInputs = apiKeys(news);
		return diffObjects({
			...this.cluster.settings,
			oldInputs: old.inputs,
			oldLive: old.live,
			newInputs,
			namespaced: await this.cluster.discovery.isNamespaced(gvkOf(newInputs)),
			ignore,
		});
	}

	async create(request: { news: Bag; timeout: number; preview: boolean }): Promise<{ id: string; state: Bag }> {
		const { news, preview } = request;
		const inputs = apiKeys(news);
		const unseen = { id: "", state: news };
		if (preview && !(await this.canPreview(inputs))) return unseen;
		if (!preview) this.reach();
		const operation = this.operation(preview, this.fieldManager(inputs, undefined));
		const stateOf = (live: KubeObject) => this.stateOf(operation, inputs, live, news, undefined);
		let live: KubeObject;
		try {
			live = await createObject(operation, inputs);
		} catch (error) {
			if (preview && (isForbidden(error) || isAlreadyExists(error) || isMissingNamespace(operation, error)))
				return unseen;
			throw this.notCreated(error);
		}
		// What an object that does not exist would have for a status is no output for a program to read.
		if (preview) return { id: "", state: stateOf(withAt(live, ["status"], undefined)) };
		if (isCrdKind(gvkOf(inputs))) this.cluster.discovery.forget();
		try {
			await this.waitReady(inputs, live, request.timeout);
		} catch (error) {
			throw this.halfDone(
				error,
				`resource "${this.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live`,
				live,
				stateOf,
			);
		}
		live = await readObject(operation, live).catch(() => live);
		return { id: idOf(live), state: stateOf(live) };
	}

	async update(request: { olds: Bag; news: Bag; timeout: number; preview: boolean; ignore: string[] }): Promise<Bag> {
		const { news, preview, ignore } = request;
		const inputs = normalise(apiKeys(news));
		const old = parseCheckpoint(request.olds);
		if (preview && !(await this.canPreview(inputs))) return news;
		if (!preview) this.reach();
		const operation = this.operation(preview, this.fieldManager(inputs, old.fieldManager));
		const stateOf = (live: KubeObject) => this.stateOf(operation, inputs, live, news, old.initialApiVersion);
		try {
			const pruned = prune(old.live, normalise(old.inputs));
			const after = await updateObject(operation, {
				inputs,
				old: { inputs: pruned, live: old.live },
				ignore,
			});
			if (preview) return stateOf(after);
			await this.waitReady(inputs, after, request.timeout);
			return stateOf(await readObject(operation, after).catch(() => after));
		} catch (error) {
			if (preview && isForbidden(error)) return news;
			if (error instanceof NoSuchKind) {
				throw new Error(
					`update of resource "${this.urn}" failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${error.message}`,
				);
			}
			const live = await readObject(operation, old.live).catch((unreadable: Error) => {
				throw new Error(
					`update of resource "${this.urn}" failed: ${(error as Error).message}\nunable to get cluster state: ${unreadable.message}`,
				);
			});
			const id = JSON.stringify(idOf(live));
			const words = `the Kubernetes API server reported that ${id} failed to fully initialize or become live`;
			throw this.halfDone(error, words, live, stateOf);
		}
	}

	/** The object as the cluster has it; nothing where it is gone. */
	async read(request: {
		id: string;
		state: Bag;
		inputs: Bag;
	}): Promise<{ id: string; state: Bag; inputs: Bag } | undefined> {
		const { settings, unreachable } = this.cluster;
		if (unreachable) {
			this.log.warning(`configured Kubernetes cluster is unreachable: ${unreachable}`);
			if (settings.deleteUnreachable) return undefined;
			if (settings.skipUpdateUnreachable) return request;
			throw new Error(
				'failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
			);
		}
		const { namespace, name } = parseId(request.id);
		if (!name)
			throw new Error(
				`failed to read resource because of a failure to parse resource name from request ID: ${request.id}`,
			);
		const old = parseCheckpoint(request.state);
		let inputs = normalise(apiKeys(request.inputs));
		// Of an import, and of `get`, nothing is known yet but the id.
		const isFirst = !inputs.kind && !old.live.kind;
		if (!inputs.kind) {
			inputs = { ...inputs, ...(old.live.kind ? gvkOf(old.live) : kindOfUrn(this.urn)) };
			inputs = withAt(inputs, ["metadata", "name"], name);
			if (namespace) inputs = withAt(inputs, ["metadata", "namespace"], namespace);
		}
		const operation = this.operation(false, this.fieldManager(inputs, old.fieldManager));
		let live: KubeObject;
		try {
			live = await readObject(operation, inputs, name);
		} catch (error) {
			if (isNotFound(error) || error instanceof NoSuchKind) return undefined;
			throw error;
		}
		const liveInputs = isFirst ? inputsFrom(live) : prune(live, inputs);
		const state = this.stateOf(operation, liveInputs, live, request.inputs, old.initialApiVersion);
		const result = { id: request.id, state, inputs: withSecrets(liveInputs, request.inputs) };
		const awaiter = isFirst ? undefined : awaiterOf(inputs, live);
		if (!awaiter) return result;
		await checkReady(this.waiting(), awaiter, live).catch((error) => {
			if (!(error instanceof NotReadyError)) throw error;
			throw new HalfDone(error.message, result.id, state, error.details, result.inputs);
		});
		return result;
	}

	async delete(request: { id: string; state: Bag; timeout: number }): Promise<void> {
		const { settings, unreachable } = this.cluster;
		if (unreachable) {
			this.log.warning(`configured Kubernetes cluster is unreachable: ${unreachable}`);
			if (settings.deleteUnreachable) return;
			throw new Error(
				'configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
			);
		}
		const { inputs, live, initialApiVersion, fieldManager = "" } = parseCheckpoint(request.state);
		const operation = this.operation(false, fieldManager);
		const { name } = parseId(request.id);
		if (!(await deleteObject(operation, { inputs, live, name }))) return;
		if (!awaitsDeletion(inputs, live)) return;
		try {
			await waitUntilGone(this.waiting(), live, timeoutOf(request.timeout, inputs));
		} catch (error) {
			if (!(error instanceof NotReadyError)) throw error;
			const state = this.stateOf(operation, inputs, error.object, request.state, initialApiVersion);
			throw new HalfDone(error.message, request.id, state, error.details);
		}
		if (isCrdKind(gvkOf(live))) this.cluster.discovery.forget();
	}

	/** Whether the API server can say what it would do: not with unknown values, nor with a kind yet to be made. */
	private async canPreview(inputs: KubeObject): Promise<boolean> {
		if (containsUnknown(inputs) || this.cluster.unreachable || !this.cluster.settings.serverSideApply) return false;
		return this.cluster.discovery.exists(gvkOf(inputs));
	}

	private reach(): void {
		const { unreachable } = this.cluster;
		if (unreachable) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
	}

	private fieldManager(inputs: KubeObject, old: string | undefined): string {
		if (!this.cluster.settings.serverSideApply) return "pulumi-kubernetes";
		return annotationOf(inputs, "pulumi.com/patchFieldManager") || old || randomFieldManager();
	}

	private operation(preview: boolean, fieldManager: string): Operation {
		return { ...this.cluster, log: this.log, signal: this.signal, preview, fieldManager };
	}

	private waiting(): Waiting {
		const { api, discovery } = this.cluster;
		return {
			api,
			discovery,
			signal: this.signal,
			status: (message) => this.log.status(message),
			warn: (message) => this.log.warning(message),
		};
	}

	private async waitReady(inputs: KubeObject, live: KubeObject, timeout: number): Promise<void> {
		const awaiter = awaiterOf(inputs, live);
		if (!awaiter) return;
		await waitUntilReady(this.waiting(), awaiter, live, timeoutOf(timeout, inputs));
		this.log.status("");
	}

	private stateOf(
		{ fieldManager }: Operation,
		inputs: KubeObject,
		live: KubeObject,
		from: Bag,
		initialApiVersion = String(inputs.apiVersion),
	): Bag {
		return checkpoint({ inputs, live, initialApiVersion, fieldManager }, from);
	}

	private notCreated(error: unknown): Error {
		const { message } = error as Error;
		if (error instanceof NoSuchKind) {
			const { apiVersion, kind } = kindOfUrn(this.urn);
			return new Error(
				`creation of resource "${this.urn}" with kind ${apiVersion}/${kind} failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${message}`,
			);
		}
		return new Error(`resource "${this.urn}" was not successfully created by the Kubernetes API server: ${message}`);
	}

	private halfDone(error: unknown, words: string, live: KubeObject, stateOf: (live: KubeObject) => Bag): HalfDone {
		const { message } = error as Error;
		const [object, details] = error instanceof NotReadyError ? [error.object, error.details] : [live, []];
		return new HalfDone(`${words}: ${message}`, idOf(object), stateOf(object), details);
	}
}

/** What a program would have to say to get an object that is there: all that is not the cluster's own doing. */
function inputsFrom(live: KubeObject): KubeObject {
	const { status: _, ...rest } = live;
	const clean = normalise(rest);
	return ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"].reduce(
		(object, key) => withAt(object, ["metadata", "annotations", key], undefined),
		clean,
	);
}
