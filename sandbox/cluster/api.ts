import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { KeyPair } from "./pki";

/** Asks a server of the control plane, as a client of the cluster's authority; resolves with status and body. */
export function get(
	url: string,
	authority: string,
	client?: KeyPair,
): Promise<{ status: number | undefined; body: string }> {
	const own = client ? { cert: readFileSync(client.cert), key: readFileSync(client.key) } : {};
	return new Promise((resolve, reject) => {
		const asked = request(url, { ca: readFileSync(authority), ...own, agent: false, timeout: 5000 }, (answer) => {
			let body = "";
			answer.setEncoding("utf8");
			answer.on("data", (text) => {
				body += text;
			});
			answer.on("end", () => resolve({ status: answer.statusCode, body }));
			answer.on("error", reject);
		});
		asked.on("timeout", () => asked.destroy(new Error(`${url} does not answer`)));
		asked.on("error", reject);
		asked.end();
	});
}
