import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "pulumi-apparmor";

interface HostConfig {
	name: string;
	host: string;
	port?: number;
	user?: string;
	hostKey: string;
}

const config = new pulumi.Config();
const mode = config.require<apparmor.Mode>("mode");
const keyFile = config.require("privateKeyFile").replace(/^~(?=\/)/, homedir());
const privateKey = pulumi.secret(readFileSync(keyFile, "utf8"));

const hosts = config
	.requireObject<HostConfig[]>("hosts")
	.map(({ name, ...connection }) => new apparmor.AppArmorHost(name, { connection: { ...connection, privateKey } }))
	.map((host) => host.target);

// Every stack renders the same policy; only its mode and its hosts are the stack's own.
const shop = new apparmor.AppArmorProfile("shop", {
	hosts,
	attachment: "/opt/shop/bin/shop",
	template: "custom-application",
	values: {
		configDir: "/etc/shop",
		dataDir: "/var/lib/shop",
		logDir: "/var/log/shop",
		temporaryPrefix: "/tmp/shop-",
		networkFamilies: ["inet", "inet6"],
	},
	mode,
	restartUnits: ["shop.service"],
});

const worker = new apparmor.AppArmorProfile("shop-worker", {
	hosts,
	policy: readFileSync("profiles/shop-worker.apparmor", "utf8"),
	mode,
});

export const policyHashes = { shop: shop.policyHash, worker: worker.policyHash };
export const results = { shop: shop.results, worker: worker.results };
