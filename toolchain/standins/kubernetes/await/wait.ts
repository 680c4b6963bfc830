import { isBag } from "../../values";
import type { Api } from "../api";
import { collectionPath, type Discovery } from "../discovery";
import { NotReadyError } from "../errors";
import { gvkOf } from "../kinds";
import { at, type KubeObject, nameOf, namespaceOf, uidOf } from "../object";
import { Collection } from "./collection";
import type { Awaiter, Verdict, View } from "./verdict";

const defaultTimeoutMs = 600_000;

export interface Waiting {
	api: Api;
	discovery: Discovery;
	signal: AbortSignal;
	/** Passing remarks. */
	status(message: string): void;
	warn(message: string): void;
}

/**
 * How long to wait: what the resource's options say in seconds, else its annotation, else ten minutes.
 */
export function timeoutOf(seconds: number, inputs: KubeObject): number {
	const annotated = at(inputs, "metadata", "annotations", "pulumi.com/timeoutSeconds");
	const told = seconds > 0 ? seconds : /^\d+$/.test(String(annotated)) ? Number(annotated) : 0;
	return told > 0 ? told * 1000 : defaultTimeoutMs;
}

/** Waits until an object is ready. Throws a NotReadyError when it fails, when the time is up, or on cancellation. */
export async function waitUntilReady(
	waiting: Waiting,
	awaiter: Awaiter,
	live: KubeObject,
	timeoutMs: number,
): Promise<void> {
	const self = await collectionOf(waiting, live);
	const related = await relatedTo(waiting, awaiter, live);
	let object = live;
	const judge = (): Verdict => {
		object = self.list().find((item) => uidOf(item) === uidOf(live)) ?? object;
		const view: View = { object, related: related.flatMap((collection) => collection.list()) };
		return awaiter.judge(view);
	};
	const said = new Set<string>();
	const ended = await until(waiting, [self, ...related], timeoutMs, () => {
		const { ready, failed, status } = judge();
		for (const message of status.filter((text) => !said.has(text))) waiting.status(message);
		said.clear();
		for (const message of status) said.add(message);
		return ready || failed;
	});
	const { ready, failed, details } = judge();
	if (ready) return;
	if (failed) throw notInitialised(object, details);
	const message =
		ended === "cancelled" ? `Resource operation was cancelled for "${nameOf(live)}"` : awaiter.timedOut(object);
	throw new NotReadyError(message, object, details);
}

const notInitialised = (object: KubeObject, details: string[]) =>
	new NotReadyError(`Resource '${nameOf(object)}' was created but failed to initialize`, object, details);

/** Looks once whether an object is ready. Throws a NotReadyError where it is not. */
export async function checkReady(waiting: Waiting, awaiter: Awaiter, live: KubeObject): Promise<void> {
	const related = await relatedTo(waiting, awaiter, live);
	await Promise.all(related.map((collection) => collection.read(waiting.signal)));
	const { ready, details } = awaiter.judge({
		object: live,
		related: related.flatMap((collection) => collection.list()),
	});
	if (!ready) throw notInitialised(live, details);
}

/** Waits until an object is gone, or has made place for another of its name. */
export async function waitUntilGone(waiting: Waiting, live: KubeObject, timeoutMs: number): Promise<void> {
	const self = await collectionOf(waiting, live);
	let object = live;
	const ended = await until(waiting, [self], timeoutMs, () => {
		const found = self.list().find((item) => uidOf(item) === uidOf(live));
		object = found ?? object;
		return found === undefined;
	});
	if (ended === "done") return;
	const finalizers = at(object, "metadata", "finalizers");
	waiting.warn(`finalizers might be preventing deletion (${Array.isArray(finalizers) ? finalizers.join(", ") : ""})`);
	throw new NotReadyError(
		ended === "cancelled"
			? `Resource operation was cancelled for "${nameOf(live)}"`
			: "timed out waiting for the condition",
		object,
	);
}

/** Follows collections until `done` says so after a change, the time is up, or the operation is cancelled. */
async function until(
	{ signal }: Waiting,
	collections: Collection[],
	timeoutMs: number,
	done: () => boolean,
): Promise<"done" | "timeout" | "cancelled"> {
	const stop = new AbortController();
	const followed = AbortSignal.any([signal, stop.signal]);
	let timer: NodeJS.Timeout | undefined;
	try {
		return await new Promise((resolve, reject) => {
			timer = setTimeout(() => resolve("timeout"), timeoutMs);
			signal.addEventListener("abort", () => resolve("cancelled"), { once: true });
			if (signal.aborted) resolve("cancelled");
			const changed = () => {
				try {
					if (done()) resolve("done");
				} catch (error) {
					reject(error);
				}
			};
			Promise.all(collections.map((collection) => collection.follow(followed, changed))).catch(reject);
		});
	} finally {
		clearTimeout(timer);
		stop.abort();
	}
}

async function collectionOf({ api, discovery }: Waiting, object: KubeObject) {
	const resource = await discovery.find(gvkOf(object));
	return new Collection(api, {
		path: collectionPath(resource, namespaceOf(object)),
		...gvkOf(object),
		fieldSelector: `metadata.name=${nameOf(object)}`,
	});
}

async function relatedTo({ api, discovery }: Waiting, awaiter: Awaiter, object: KubeObject): Promise<Collection[]> {
	const labels = at(object, "spec", "selector", "matchLabels");
	const labelSelector = isBag(labels)
		? Object.entries(labels)
				.map(([key, value]) => `${key}=${value}`)
				.join(",")
		: undefined;
	return Promise.all(
		awaiter.related.map(async (kind) => {
			const path = collectionPath(await discovery.find(kind), namespaceOf(object));
			return new Collection(api, { path, ...kind, labelSelector });
		}),
	);
}
