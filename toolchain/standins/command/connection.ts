import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { ResourceLog } from "../engine-log";
import { authentication, dialTcp, type Endpoint, handshake } from "./ssh";

export interface Connection {
	client: Client;
	close(): void;
}

/** Connects to a host, through its proxy (jump host) if it has one, trying again as the endpoint's limits allow. */
export async function connect(
	target: Endpoint & { proxy?: Endpoint },
	log: ResourceLog,
	abort: AbortSignal,
): Promise<Connection> {
	const attempts = target.dialErrorLimit ?? 10;
	const targetAuth = await authentication(target);
	const { proxy } = target;
	if (!proxy) {
		const client = await retry("Dial", attempts, log, abort, async () =>
			handshake(await dialTcp(target), target, targetAuth),
		);
		return { client, close: () => client.end() };
	}
	try {
		const proxyAuth = await authentication(proxy);
		const jump = await retry("Dial proxy", proxy.dialErrorLimit ?? 10, log, abort, async () =>
			handshake(await dialTcp(proxy), proxy, proxyAuth),
		);
		try {
			const bridge = await retry("Dial from proxy", attempts, log, abort, () => forward(jump, target));
			const client = await retry("Dial", attempts, log, abort, () => handshake(bridge, target, targetAuth));
			const close = () => {
				client.end();
				jump.end();
			};
			return { client, close };
		} catch (error) {
			jump.end();
			throw error;
		}
	} catch (error) {
		throw new Error(`proxy: ${(error as Error).message}`);
	}
}

function forward(jump: Client, target: Endpoint): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		jump.forwardOut("127.0.0.1", 0, target.host, target.port ?? 22, (error, stream) => {
			if (error) reject(new Error(`ssh: rejected: connect failed (${error.message.replace(/^.*: /, "")})`));
			else resolve(stream);
		});
	});
}

const firstDelayMs = 100;
const backoff = 1.5;
const longestDelayMs = 5000;

/** Tries until it works, or until `limit` attempts and one more have failed; a limit of -1 is none. */
async function retry<T>(
	what: string,
	limit: number,
	log: ResourceLog,
	abort: AbortSignal,
	attempt: () => Promise<T>,
): Promise<T> {
	let delay = firstDelayMs;
	for (let failed = 0; ; failed++) {
		try {
			return await attempt();
		} catch (error) {
			if (limit > -1 && failed + 1 > limit) {
				throw new Error(`after ${failed} failed attempts: ${(error as Error).message}`);
			}
		}
		log.status(`${what} ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
		await sleep(delay, undefined, { signal: abort }).catch(() => {
			throw new Error("context canceled");
		});
		delay = Math.min(delay * backoff, longestDelayMs);
	}
}
