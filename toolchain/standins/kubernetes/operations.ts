import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceLog } from "../engine-log";
import type { Bag } from "../values";
import type { ApiRequest } from "./api";
import type { Cluster } from "./cluster";
import { parsePropertyPath } from "./diff";
import { collectionPath } from "./discovery";
import { type ApiError, isConflict, isNotFound, NoSuchKind } from "./errors";
import { gvkOf, isCrdKind } from "./kinds";
import { isForeign, takenOver } from "./managed-fields";
import { annotationOf, at, hasAnnotation, type KubeObject, listAt, nameOf, namespaceOf, withAt } from "./object";

/** One operation on one object. */
export interface Operation extends Cluster {
	log: ResourceLog;
	signal: AbortSignal;
	fieldManager: string;
	/** Asks the API server what it would do, without doing it. */
	preview: boolean;
}

const createRetries = 5;
const applyType = "application/apply-patch+yaml";

async function pathOf({ discovery }: Operation, object: KubeObject, name = nameOf(object)): Promise<string> {
	return `${collectionPath(await discovery.find(gvkOf(object)), namespaceOf(object))}/${encodeURIComponent(name)}`;
}

const send = (operation: Operation, request: ApiRequest) =>
	operation.api.request({
		...request,
		query: {
			...(request.method === "GET" ? {} : { fieldManager: operation.fieldManager }),
			...(operation.preview ? { dryRun: "All" } : {}),
			...request.query,
		},
		signal: operation.signal,
	});

/**
 * Makes an object, with a plain create, which refuses one that is there; or with server-side apply, which changes it,
 * where the provider asks for that. Waits a while for a namespace or a custom kind that is only just being made.
 */
export async function createObject(operation: Operation, inputs: KubeObject): Promise<KubeObject> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await createOnce(operation, inputs);
		} catch (error) {
			const early = error instanceof NoSuchKind || isNotFound(error);
			if (!early || attempt >= createRetries || isMissingNamespace(operation, error)) throw error;
			operation.log.status(`Retry #${attempt}; creation failed: ${(error as Error).message}`);
			operation.discovery.forget();
			await sleep(1000 * 2 ** attempt, undefined, { signal: operation.signal });
		}
	}
}

/** In a preview, a namespace that this update will make is not there, however long one waits. */
export const isMissingNamespace = ({ preview }: { preview: boolean }, error: unknown) =>
	preview && isNotFound(error) && error.about === "namespaces";

async function createOnce(operation: Operation, inputs: KubeObject): Promise<KubeObject> {
	const { settings, preview } = operation;
	if (settings.serverSideApply && settings.upsert) {
		const force = preview || forces(operation, inputs);
		return apply(operation, inputs, nameOf(inputs), force);
	}
	const path = collectionPath(await operation.discovery.find(gvkOf(inputs)), namespaceOf(inputs));
	return send(operation, { method: "POST", path, body: inputs });
}

const forces = ({ settings }: Operation, inputs: KubeObject) =>
	hasAnnotation(inputs, "pulumi.com/patchForce") || settings.force;

async function apply(operation: Operation, inputs: KubeObject, name: string, force: boolean): Promise<KubeObject> {
	const path = await pathOf(operation, inputs, name);
	const query = { force: String(force) };
	try {
		return await send(operation, { method: "PATCH", path, query, body: inputs, contentType: applyType });
	} catch (error) {
		throw isConflict(error) ? fieldConflict(error, operation.fieldManager) : error;
	}
}

const fieldConflict = (error: ApiError, manager: string) =>
	new Error(
		`Server-Side Apply field conflict detected. See https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help.\nThe resource managed by field manager ${JSON.stringify(manager)} had an apply conflict: ${error.message}`,
		{ cause: error },
	);

/** The object as the API server has it. */
export async function readObject(operation: Operation, object: KubeObject, name = nameOf(object)): Promise<KubeObject> {
	return operation.api.request({
		method: "GET",
		path: await pathOf(operation, object, name),
		signal: operation.signal,
	});
}

/** Changes an object. */
export async function updateObject(
	operation: Operation,
	{ inputs, old, ignore }: { inputs: KubeObject; old: { inputs: KubeObject; live: KubeObject }; ignore: string[] },
): Promise<KubeObject> {
	const name = nameOf(old.live);
	const before = await readObject(operation, inputs, name);
	const path = await pathOf(operation, inputs, name);
	if (isCrdKind(gvkOf(inputs))) {
		const body = withAt(inputs, ["metadata", "resourceVersion"], at(before, "metadata", "resourceVersion"));
		return send(operation, { method: "PUT", path, body });
	}
	if (!operation.settings.serverSideApply) {
		const body = mergePatch(old.inputs, withIgnored(operation, inputs, before, ignore));
		return send(operation, { method: "PATCH", path, body, contentType: "application/merge-patch+json" });
	}
	const moved = takenOver(before, operation.fieldManager);
	const live = moved && !operation.preview ? await takeOver(operation, path, moved) : before;
	// A preview cannot hand fields over first, so it takes them by force.
	const unmanaged = listAt(before, "metadata", "managedFields").length === 0;
	const force = forces(operation, inputs) || unmanaged || (operation.preview && moved !== undefined);
	return apply(operation, withIgnored(operation, inputs, live, ignore), name, force);
}

const takeOver = ({ api, signal }: Operation, path: string, managedFields: Bag[]) =>
	api.request({
		method: "PATCH",
		path,
		body: [{ op: "replace", path: "/metadata/managedFields", value: managedFields }],
		contentType: "application/json-patch+json",
		signal,
	});

/** What is not to be changed keeps its live value; where it is another manager's, it is left to that. */
function withIgnored(operation: Operation, inputs: KubeObject, live: KubeObject, ignore: string[]): KubeObject {
	return ignore.reduce((result, text) => {
		const path = parsePropertyPath(text);
		if (!path.every((step) => typeof step === "string")) return result;
		const value = at(live, ...path);
		if (value === undefined) return result;
		const foreign = operation.settings.serverSideApply && isForeign(live, operation.fieldManager, path);
		return withAt(result, path, foreign ? undefined : value);
	}, inputs);
}

/** What turns `before` into `after`: RFC 7386. */
function mergePatch(before: Bag, after: Bag): Bag {
	const patch: Bag = {};
	for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const [old, now] = [before[key], after[key]];
		if (now === undefined) patch[key] = null;
		else if (isObject(old) && isObject(now)) patch[key] = mergePatch(old, now);
		else patch[key] = now;
	}
	return patch;
}

const isObject = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

const propagations: Record<string, string> = { orphan: "Orphan", background: "Background" };

/** Asks for an object's end. Returns whether there is an end to wait for: it may be gone already, or its kind. */
export async function deleteObject(
	operation: Operation,
	{ inputs, live, name }: { inputs: KubeObject; live: KubeObject; name: string },
): Promise<boolean> {
	const told = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
	const propagationPolicy = propagations[told] ?? "Foreground";
	try {
		await operation.api.request({
			method: "DELETE",
			path: await pathOf(operation, live, name),
			body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy },
			signal: operation.signal,
		});
		return true;
	} catch (error) {
		if (isNotFound(error) || error instanceof NoSuchKind) return false;
		throw error;
	}
}
