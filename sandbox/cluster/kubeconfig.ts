import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import type { KeyPair } from "./pki";

/** How a client reaches an API server: everything is in the text, no other file is needed. */
export function kubeconfig(cluster: string, server: string, authority: string, user: string, pair: KeyPair): string {
	const data = (file: string) => readFileSync(file).toString("base64");
	return stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": data(authority) } }],
		users: [{ name: user, user: { "client-certificate-data": data(pair.cert), "client-key-data": data(pair.key) } }],
		contexts: [{ name: cluster, context: { cluster, user } }],
		"current-context": cluster,
	});
}

/** Writes a file that only this user can read. */
export function writePrivate(file: string, text: string): string {
	writeFileSync(file, text, { mode: 0o600 });
	return file;
}
