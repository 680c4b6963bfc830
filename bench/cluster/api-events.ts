import type { ClientRequest } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { KubeConfig } from "@kubernetes/client-node";

/** A change of an object in the API server, and when it was told here, in ms since 1970. */
export interface ApiEvent {
	at: number;
	kind: keyof typeof paths;
	type: string;
}

const paths = {
	ConfigMap: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`,
	DaemonSet: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
	Pod: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
};

/**
 * Notes when objects of a namespace change, by the clock of this machine. (The client library's own watch gives up
 * after half a minute in which nothing happens.)
 */
export class ApiEvents {
	private readonly events: ApiEvent[] = [];
	private readonly watches: ClientRequest[] = [];
	private problem: string | undefined;

	static async of(kubeconfig: string, namespace: string): Promise<ApiEvents> {
		const config = new KubeConfig();
		config.loadFromString(kubeconfig);
		const noted = new ApiEvents();
		for (const kind of Object.keys(paths) as (keyof typeof paths)[]) await noted.watch(config, kind, namespace);
		return noted;
	}

	/** What has happened since a moment, in order. */
	since(start: number): ApiEvent[] {
		if (this.problem) throw new Error(`the API server's changes are not told any more: ${this.problem}`);
		return this.events.filter(({ at }) => at >= start).sort((a, b) => a.at - b.at);
	}

	stop(): void {
		for (const watch of this.watches)
			watch
				.removeAllListeners("error")
				.on("error", () => {})
				.destroy();
	}

	/** Resolves when the API server has begun to tell. */
	private async watch(config: KubeConfig, kind: keyof typeof paths, namespace: string): Promise<void> {
		// Of the API server's own accord a watch ends after half an hour or so.
		const query = "watch=true&timeoutSeconds=14400";
		const url = `${config.getCurrentCluster()?.server}${paths[kind](namespace)}?${query}`;
		const options = {};
		await config.applyToHTTPSOptions(options);
		const end = (words: string) => {
			this.problem ??= `${kind}: ${words}`;
		};
		await new Promise<void>((resolve, reject) => {
			const watch = request(url, { ...options, agent: false }, (answer) => {
				if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode} of GET ${url}`));
				createInterface({ input: answer })
					.on("line", (line) => this.events.push({ at: Date.now(), kind, type: JSON.parse(line).type }))
					.on("error", ({ message }) => end(message))
					.on("close", () => end("the watch has ended"));
				resolve();
			});
			watch.on("error", (error) => {
				end(error.message);
				reject(error);
			});
			watch.end();
			this.watches.push(watch);
		});
	}
}
