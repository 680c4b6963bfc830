import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "pulumi-apparmor";

const config = new pulumi.Config();

const web1: apparmor.HostTarget = {
	name: "web-1",
	connection: {
		host: config.require("host"),
		port: config.getNumber("port") ?? 22,
		user: config.get("user") ?? "root",
		privateKey: pulumi.secret(readFileSync(config.require("privateKeyFile"), "utf8")),
		hostKey: config.require("hostKey"),
	},
};

const clock = new apparmor.AppArmorProfile("clock", {
	hosts: [web1],
	attachment: "/usr/local/bin/clock",
	template: "./profiles/clock.hbs",
	values: { stateFile: "/var/lib/clock/now", zoneinfo: true },
	mode: apparmor.Mode.Complain,
});

export const policy = clock.policyText;
export const results = clock.results;
