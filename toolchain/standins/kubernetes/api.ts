import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { ApiError } from "./errors";
import type { KubeObject } from "./object";

export interface ApiRequest {
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	path: string;
	query?: Record<string, string>;
	body?: unknown;
	/** Of the body. */
	contentType?: string;
	signal?: AbortSignal | undefined;
	timeoutMs?: number;
}

export interface WatchEvent {
	type: string;
	object: KubeObject;
}

const requestTimeoutMs = 60_000;
/** How often a request is sent again that the API server was too busy for. */
const busyRetries = 5;

/**
 * Plain requests to the API server that a kubeconfig names, with its credentials. Objects go through as they are: the
 * typed clients would drop the fields that they do not know.
 */
export class Api {
	private agent: http.Agent | undefined;

	constructor(private readonly config: KubeConfig) {}

	/** The answer's object. Throws an ApiError with the API server's words where it refuses. */
	async request(request: ApiRequest): Promise<KubeObject> {
		for (let attempt = 0; ; attempt++) {
			const response = await this.send(request);
			const text = await textOf(response);
			const code = response.statusCode ?? 0;
			if (code === 429 && attempt < busyRetries) {
				await sleep(1000 * Number(response.headers["retry-after"] ?? 1), undefined, { signal: request.signal });
				continue;
			}
			if (code >= 400) throw refusal(code, text);
			return JSON.parse(text) as KubeObject;
		}
	}

	/** The events of a watch, until the API server or `signal` ends it. */
	async *watch(path: string, query: Record<string, string>, signal: AbortSignal): AsyncGenerator<WatchEvent> {
		const response = await this.send({ method: "GET", path, query: { ...query, watch: "true" }, signal, timeoutMs: 0 });
		const code = response.statusCode ?? 0;
		if (code >= 400) throw refusal(code, await textOf(response));
		for await (const line of createInterface({ input: response })) {
			if (line) yield JSON.parse(line) as WatchEvent;
		}
	}

	private async send(request: ApiRequest, again = true): Promise<http.IncomingMessage> {
		const cluster = this.config.getCurrentCluster();
		if (!cluster) throw new Error("the kubeconfig's current context names no cluster");
		const url = new URL(cluster.server.replace(/\/$/, "") + request.path);
		for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
		const body = request.body === undefined ? undefined : JSON.stringify(request.body);
		const options: https.RequestOptions = { headers: {}, signal: request.signal };
		await this.config.applyToHTTPSOptions(options);
		options.headers = {
			...(options.headers as http.OutgoingHttpHeaders),
			accept: "application/json",
			...(body === undefined
				? {}
				: { "content-type": request.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }),
		};
		const secure = url.protocol === "https:";
		if (!cluster.proxyUrl) options.agent = this.keepAliveAgent(options, secure);
		try {
			return await exchange(secure, url, { ...options, method: request.method }, body, request.timeoutMs);
		} catch (error) {
			// The API server may close a connection at the moment at which it is used again.
			const { code, reused } = error as NodeJS.ErrnoException & { reused?: boolean };
			if (again && reused && code === "ECONNRESET") return this.send(request, false);
			throw error;
		}
	}

	private keepAliveAgent(options: https.RequestOptions, secure: boolean): http.Agent {
		const { ca, cert, key, rejectUnauthorized, servername } = options;
		this.agent ??= secure
			? new https.Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized, servername })
			: new http.Agent({ keepAlive: true });
		return this.agent;
	}
}

function exchange(
	secure: boolean,
	url: URL,
	options: https.RequestOptions,
	body: string | undefined,
	timeoutMs = requestTimeoutMs,
): Promise<http.IncomingMessage> {
	return new Promise((resolve, reject) => {
		const request = (secure ? https : http).request(url, options, resolve);
		if (timeoutMs > 0) {
			request.setTimeout(timeoutMs, () =>
				request.destroy(new Error(`no answer from ${url.host} within ${timeoutMs / 1000} seconds`)),
			);
		}
		request.on("error", (error) => reject(Object.assign(error, { reused: request.reusedSocket })));
		request.end(body);
	});
}

async function textOf(response: http.IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of response) parts.push(part as Buffer);
	return Buffer.concat(parts).toString();
}

interface Status {
	message?: string;
	reason?: string;
	details?: { kind?: string };
}

/** An HTTP error as an ApiError: of the Status object that the API server sends, or of the text that something else sent. */
function refusal(code: number, text: string): ApiError {
	try {
		const { message = text, reason = "", details } = JSON.parse(text) as Status;
		return new ApiError(code, reason, message, details?.kind);
	} catch {
		return new ApiError(code, "", text.trim() || `HTTP status ${code}`);
	}
}
