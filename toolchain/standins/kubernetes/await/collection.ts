import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../api";
import { at, type KubeObject, listAt, uidOf } from "../object";

/** How long to wait before a lost connection is made again. */
const reconnectMs = 1000;

export interface Selection {
	path: string;
	/** What lists leave out of their items. */
	apiVersion: string;
	kind: string;
	fieldSelector?: string | undefined;
	labelSelector?: string | undefined;
}

/** The objects of one collection, kept up to date by a watch for as long as it runs. */
export class Collection {
	private readonly objects = new Map<string, KubeObject>();

	constructor(
		private readonly api: Api,
		private readonly selection: Selection,
	) {}

	list(): KubeObject[] {
		return [...this.objects.values()];
	}

	/** Reads the objects once; returns the state from which a watch goes on. */
	async read(signal: AbortSignal | undefined): Promise<string> {
		const { path, apiVersion, kind } = this.selection;
		const list = await this.api.request({ method: "GET", path, query: this.query(), signal });
		this.objects.clear();
		for (const item of listAt(list, "items")) this.objects.set(uidOf(item), { ...item, apiVersion, kind });
		return String(at(list, "metadata", "resourceVersion"));
	}

	/** Follows the collection until `signal`, and tells of every change. A lost connection is made again. */
	async follow(signal: AbortSignal, changed: () => void): Promise<void> {
		while (!signal.aborted) {
			try {
				const resourceVersion = await this.read(signal);
				changed();
				for await (const { type, object } of this.api.watch(
					this.selection.path,
					{ ...this.query(), resourceVersion },
					signal,
				)) {
					if (type === "ERROR") break;
					if (type === "DELETED") this.objects.delete(uidOf(object));
					else this.objects.set(uidOf(object), object);
					changed();
				}
			} catch {
				// Whatever it was, the next try shows whether it lasts; the time limit is the caller's.
				await sleep(reconnectMs, undefined, { signal }).catch(() => undefined);
			}
		}
	}

	private query(): Record<string, string> {
		const { fieldSelector, labelSelector } = this.selection;
		return { ...(fieldSelector ? { fieldSelector } : {}), ...(labelSelector ? { labelSelector } : {}) };
	}
}
