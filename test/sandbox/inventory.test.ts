import { expect, it } from "vitest";
import { inventoryOf } from "../../sandbox/inventory";

it("holds what a Pulumi program needs, and the private key only by its file", () => {
	const connection = {
		host: "127.0.0.1",
		port: 20001,
		user: "root",
		hostKey: "ssh-ed25519 AAAA",
		privateKey: "SECRET",
	};
	const inventory = inventoryOf({ name: "a", connection, privateKeyFile: "/hosts/a/id_ed25519" });
	expect(inventory).toEqual({
		name: "a",
		connection: { host: "127.0.0.1", port: 20001, user: "root", hostKey: "ssh-ed25519 AAAA" },
		privateKeyFile: "/hosts/a/id_ed25519",
	});
	expect(JSON.stringify(inventory)).not.toContain("SECRET");
});
