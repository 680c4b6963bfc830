import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "pulumi-apparmor";
import type { Wanted } from "../work";

const file = process.env.FLEET_WANTED;
if (!file) throw new Error("FLEET_WANTED must name the file that fleet.ts writes");
const { hosts, profiles, mode } = JSON.parse(readFileSync(file, "utf8")) as Wanted & {
	hosts: (apparmor.HostTarget & { connection: { privateKey: string } })[];
};

const targets = hosts.map(({ name, connection }) => {
	const secret = { ...connection, privateKey: pulumi.secret(connection.privateKey) };
	return new apparmor.AppArmorHost(name, { connection: secret }).target;
});

for (const { name, attachment, values } of profiles)
	new apparmor.AppArmorProfile(name, { hosts: targets, attachment, template: "custom-application", values, mode });
