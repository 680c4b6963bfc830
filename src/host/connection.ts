import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../profile/spec";

/** How to reach a host by SSH without going through another: a jump host (bastion), say. */
export interface ProxyConnection {
	/** The address or name of the host. */
	host: pulumi.Input<string>;
	/** The TCP port of its SSH server; 22 by default. */
	port?: pulumi.Input<number>;
	/** The user to log in as; root by default. */
	user?: pulumi.Input<string>;
	/** The private key, as text. Pass it as a secret. It takes preference over the password. */
	privateKey?: pulumi.Input<string>;
	/** The passphrase of an encrypted private key. Pass it as a secret. */
	privateKeyPassword?: pulumi.Input<string>;
	/** The password to log in with. Pass it as a secret. */
	password?: pulumi.Input<string>;
	/** The socket of an SSH agent; the environment's SSH_AUTH_SOCK by default. */
	agentSocketPath?: pulumi.Input<string>;
	/**
	 * The host's public key, such as "ecdsa-sha2-nistp256 AAAA…": the line of its
	 * /etc/ssh/ssh_host_ecdsa_key.pub, or of another key of its where it has none of that kind, which is what
	 * the command plugin's SSH client asks for first. It is required, because without it anyone in between could
	 * pose as the host (pulumi/pulumi-command#773).
	 */
	hostKey?: pulumi.Input<string>;
	/** Takes whatever key the host shows, instead of hostKey. For throw-away hosts; false by default. */
	trustAnyHostKey?: pulumi.Input<boolean>;
	/** How often to try to connect; -1 is without end, 10 the default. */
	dialErrorLimit?: pulumi.Input<number>;
	/** How long one try to connect may take, in seconds; 0 is without end, 15 the default. */
	perDialTimeout?: pulumi.Input<number>;
}

/** How to reach a host, by SSH. */
export interface Connection extends ProxyConnection {
	/** The jump host (bastion) to go through. */
	proxy?: pulumi.Input<ProxyConnection>;
}

/** A connection's fields, with the type of each. All but `trustAnyHostKey` are those of @pulumi/command. */
const fields = {
	host: "string",
	port: "number",
	user: "string",
	privateKey: "string",
	privateKeyPassword: "string",
	password: "string",
	agentSocketPath: "string",
	hostKey: "string",
	trustAnyHostKey: "boolean",
	dialErrorLimit: "number",
	perDialTimeout: "number",
} as const;

type Resolved = { [field: string]: unknown };

/**
 * What is wrong with a connection. Fields that are not known yet are passed over.
 *
 * @param isKnown tells whether a field's value is there to be looked at.
 */
export function connectionProblems(
	connection: unknown,
	property: string,
	isKnown: (value: unknown) => boolean = () => true,
): Problem[] {
	if (typeof connection !== "object" || connection === null)
		return [{ property, reason: "must be an object with host, user, privateKey and hostKey" }];
	const problems: Problem[] = [];
	const given = connection as Resolved;
	const isProxy = property.endsWith(".proxy");
	for (const [field, value] of Object.entries(given)) {
		// Never the value: an unknown field may well hold the key under a misspelt name.
		const type = Object.hasOwn(fields, field) ? fields[field as keyof typeof fields] : undefined;
		if (field === "proxy" && !isProxy) continue;
		if (!type)
			problems.push({
				property: `${property}.${field}`,
				reason: `there is no such field; there are ${Object.keys(fields).join(", ")}${isProxy ? "" : ", proxy"}`,
			});
		else if (value !== undefined && isKnown(value) && typeof value !== type)
			problems.push({ property: `${property}.${field}`, reason: `must be a ${type}` });
	}
	problems.push(...fieldProblems(given, property, isKnown));
	if (!isProxy && given.proxy !== undefined && isKnown(given.proxy))
		problems.push(...connectionProblems(given.proxy, `${property}.proxy`, isKnown));
	return problems;
}

function fieldProblems(given: Resolved, property: string, isKnown: (value: unknown) => boolean): Problem[] {
	const problems: Problem[] = [];
	const check = (field: string, reason: string, isWrong: (value: unknown) => boolean) => {
		const value = given[field];
		if (isKnown(value) && isWrong(value)) problems.push({ property: `${property}.${field}`, reason });
	};
	check("host", "is missing: the host's address or name", (host) => host === undefined || host === "");
	check(
		"port",
		`${given.port} is no TCP port`,
		(port) => typeof port === "number" && !(Number.isInteger(port) && port > 0 && port < 65536),
	);
	if (isKnown(given.trustAnyHostKey) && given.trustAnyHostKey !== true) {
		check(
			"hostKey",
			"is missing, so nothing would tell this host from an impostor: take it from the host's /etc/ssh/ssh_host_ecdsa_key.pub, or set trustAnyHostKey to true for a throw-away host",
			(key) => key === undefined || key === "",
		);
	}
	check(
		"hostKey",
		'is no public key such as "ssh-ed25519 AAAA…" (a line of known_hosts has the host\'s name in front: leave that out)',
		(key) =>
			typeof key === "string" && key !== "" && !/^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?\s*$/.test(key),
	);
	return problems;
}

/**
 * The connection as @pulumi/command takes it, built field by field: an unknown one would make it print the
 * whole object, private key and all.
 */
export function commandConnection(connection: pulumi.Unwrap<Connection>): types.input.remote.ConnectionArgs {
	const { proxy } = connection;
	return { ...commandFields(connection), ...(proxy === undefined ? {} : { proxy: commandFields(proxy) }) };
}

function commandFields(connection: pulumi.Unwrap<ProxyConnection>): types.input.remote.ProxyConnectionArgs {
	const { trustAnyHostKey, hostKey, ...rest } = connection;
	const known = Object.keys(fields).filter((field) => field in rest);
	const taken = Object.fromEntries(known.map((field) => [field, (rest as Resolved)[field]]));
	return {
		...(taken as unknown as types.input.remote.ProxyConnectionArgs),
		...(trustAnyHostKey === true || hostKey === undefined ? {} : { hostKey: hostKey.trim() }),
	};
}
