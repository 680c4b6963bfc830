import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "pulumi-apparmor";

const config = new pulumi.Config();
const inventory = resolve(pulumi.getRootDirectory(), config.require("inventory"));
const { name, connection, privateKeyFile } = JSON.parse(readFileSync(inventory, "utf8"));

const host = new apparmor.AppArmorHost(name, {
	connection: { ...connection, privateKey: pulumi.secret(readFileSync(privateKeyFile, "utf8")) },
});

const myapp = new apparmor.AppArmorProfile("myapp", {
	hosts: [host.target],
	attachment: "/opt/myapp/bin/myapp",
	template: "custom-application",
	values: {
		configDir: "/opt/myapp/config",
		dataDir: "/opt/myapp/data",
		logDir: "/var/log/myapp",
		temporaryPrefix: "/tmp/myapp-",
		interpreter: "/usr/bin/perl",
		abstractions: ["perl"],
		networkFamilies: ["inet", "inet6"],
	},
	mode: config.require<apparmor.Mode>("mode"),
	restartUnits: config.getObject<string[]>("restartUnits"),
});

export const mode = myapp.mode;
export const policyHash = myapp.policyHash;
export const hosts = myapp.results;
