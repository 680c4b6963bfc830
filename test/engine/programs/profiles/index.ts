import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "../../../../src/index";

/** What a test asks for in the environment. */
export interface Wanted {
	/** Each becomes an AppArmorHost, and its connection's privateKey a secret. */
	hosts: apparmor.HostTarget[];
	/** Hosts that are written out in the profiles instead. */
	literal?: boolean;
	profiles: (Omit<apparmor.AppArmorProfileArgs, "hosts"> & { name: string })[];
}

const wanted = JSON.parse(process.env.TEST_WANTED ?? "") as Wanted;

const targets = wanted.hosts.map(({ name, connection, sudo }) => {
	const plain = connection as { privateKey: string };
	const secret = { ...plain, privateKey: pulumi.secret(plain.privateKey) } as unknown as apparmor.Connection;
	return wanted.literal
		? { name, connection: secret, sudo }
		: new apparmor.AppArmorHost(name, { connection: secret, sudo }).target;
});

export const profiles: Record<string, unknown> = {};
for (const { name, ...args } of wanted.profiles) {
	const profile = new apparmor.AppArmorProfile(name, { hosts: targets, ...args });
	profiles[name] = { mode: profile.mode, policyHash: profile.policyHash, results: profile.results };
}
