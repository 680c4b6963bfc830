import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SandboxHost } from "./host";

const checkout = dirname(__dirname);

/** The file by which a Pulumi program of this checkout finds a host. */
export function inventoryPath(name: string): string {
	return join(checkout, ".sandbox", `${name}.json`);
}

export interface Inventory {
	name: string;
	connection: { host: string; port: number; user: string; hostKey: string };
	privateKeyFile: string;
}

/** What the file says: the private key itself stays where it is. */
export function inventoryOf(host: Pick<SandboxHost, "name" | "connection" | "privateKeyFile">): Inventory {
	const { host: address, port, user, hostKey } = host.connection;
	return { name: host.name, connection: { host: address, port, user, hostKey }, privateKeyFile: host.privateKeyFile };
}

export function writeInventory(host: SandboxHost): string {
	const path = inventoryPath(host.name);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(inventoryOf(host), null, "\t")}\n`);
	return path;
}
