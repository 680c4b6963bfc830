import { randomInt } from "node:crypto";
import { createServer } from "node:net";

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
	});
}

/**
 * A free port on loopback, below the range that the kernel gives to outgoing connections: a host that is
 * powered off for a while finds its ports free again.
 */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
	for (let attempt = 0; attempt < 200; attempt++) {
		const port = randomInt(20_000, 32_000);
		if (!taken.has(port) && (await isFree(port))) return port;
	}
	throw new Error("no free port between 20000 and 32000 on 127.0.0.1");
}
