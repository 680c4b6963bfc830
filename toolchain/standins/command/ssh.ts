import { lookup } from "node:dns/promises";
import { connect as connectSocket, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type AnyAuthMethod, Client, type ServerHostKeyAlgorithm, utils } from "ssh2";

/** How to reach one SSH server. */
export interface Endpoint {
	user?: string;
	password?: string;
	host: string;
	port?: number;
	privateKey?: string;
	privateKeyPassword?: string;
	agentSocketPath?: string;
	dialErrorLimit?: number;
	perDialTimeout?: number;
	hostKey?: string;
}

/** The order in which Go's SSH client asks for host keys: of several, the server shows the first that it has. */
const hostKeyAlgorithms: ServerHostKeyAlgorithm[] = [
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"rsa-sha2-256",
	"rsa-sha2-512",
	"ssh-rsa",
	"ssh-ed25519",
];

/** The ways to log in, in the order in which the official plugin tries them: one of each kind. */
export async function authentication(endpoint: Endpoint): Promise<AnyAuthMethod[]> {
	const username = endpoint.user ?? "root";
	const methods: AnyAuthMethod[] = [{ type: "none", username }];
	if (endpoint.privateKey !== undefined) {
		const key = checkKey(endpoint.privateKey, endpoint.privateKeyPassword);
		methods.push({ type: "publickey", username, key });
	}
	const { password } = endpoint;
	if (password !== undefined) {
		methods.push({ type: "password", username, password });
		methods.push({
			type: "keyboard-interactive",
			username,
			prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
		});
	}
	const agent = endpoint.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
	if (agent !== undefined) {
		await checkAgent(agent);
		if (endpoint.privateKey === undefined) methods.push({ type: "agent", username, agent });
	}
	return methods;
}

function checkKey(text: string, passphrase: string | undefined) {
	const key = utils.parseKey(text, passphrase);
	if (!(key instanceof Error)) return Array.isArray(key) ? (key[0] as (typeof key)[number]) : key;
	if (/no passphrase/.test(key.message)) throw new Error("ssh: this private key is passphrase protected");
	if (/passphrase|integrity/.test(key.message)) throw new Error("x509: decryption password incorrect");
	throw new Error("ssh: no key found");
}

function checkAgent(path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connectSocket(path, () => {
			socket.destroy();
			resolve();
		});
		socket.on("error", (error: NodeJS.ErrnoException) =>
			reject(new Error(`dial unix ${path}: connect: ${errnoText(error)}`)),
		);
	});
}

/** Opens the TCP connection. `perDialTimeout` is for this step only, as in the official plugin. */
export async function dialTcp(endpoint: Endpoint): Promise<Socket> {
	const port = Math.trunc(endpoint.port ?? 22);
	const { address } = await lookup(endpoint.host).catch(() => {
		throw new Error(`dial tcp: lookup ${endpoint.host}: no such host`);
	});
	const where = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
	return new Promise((resolve, reject) => {
		const socket = connectSocket(port, address);
		const fail = (reason: string) => {
			socket.destroy();
			reject(new Error(`dial tcp ${where}: ${reason}`));
		};
		socket.setTimeout((endpoint.perDialTimeout ?? 15) * 1000, () => fail("i/o timeout"));
		socket.once("error", (error: NodeJS.ErrnoException) => fail(`connect: ${errnoText(error)}`));
		socket.once("connect", () => {
			socket.setTimeout(0);
			socket.removeAllListeners("error");
			resolve(socket);
		});
	});
}

/** Does SSH's handshake over an open connection: the host proves its key, the user logs in. */
export function handshake(sock: Duplex, endpoint: Endpoint, methods: AnyAuthMethod[]): Promise<Client> {
	const expected = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
	return new Promise((resolve, reject) => {
		const client = new Client();
		let wrongHostKey = false;
		let tried: string[] = [];
		const fail = (reason: string) => {
			client.end();
			sock.destroy();
			reject(new Error(`ssh: handshake failed: ${reason}`));
		};
		client.on("ready", () => {
			client.removeAllListeners("error");
			// A connection that is lost later ends the session, which tells about it.
			client.on("error", () => {});
			resolve(client);
		});
		client.on("error", (error) => fail(reasonOf(error, wrongHostKey, tried)));
		client.on("close", () => fail("EOF"));
		client.connect({
			sock,
			username: endpoint.user ?? "root",
			readyTimeout: 0,
			keepaliveInterval: 0,
			algorithms: { serverHostKey: hostKeyAlgorithms },
			hostVerifier: (key: Buffer) => {
				wrongHostKey = expected !== undefined && !expected.equals(key);
				return !wrongHostKey;
			},
			authHandler: (left, _partial, next) => {
				const method = methods.find(({ type }) => !tried.includes(type) && allowed(type, left));
				// The typing of `next` leaves out that `false` ends the attempts.
				if (!method) return (next as unknown as (none: false) => void)(false);
				tried = [...tried, method.type];
				next(method);
			},
		});
	});
}

/** Whether the server, in its last answer, said that a method may work; before its first answer anything may. */
function allowed(type: string, left: readonly string[] | null): boolean {
	return left === null || left.includes(type === "agent" ? "publickey" : type);
}

function parseHostKey(text: string): Buffer {
	const key = utils.parseKey(text);
	if (key instanceof Error) throw new Error("failed to parse host key: ssh: no key found");
	return (Array.isArray(key) ? (key[0] as (typeof key)[number]) : key).getPublicSSH();
}

function reasonOf(error: Error & { level?: string; code?: string }, wrongHostKey: boolean, tried: string[]): string {
	if (wrongHostKey) return "ssh: host key mismatch";
	if (error.level === "client-authentication") {
		const names = tried.map((type) => (type === "agent" ? "publickey" : type)).join(" ");
		return `ssh: unable to authenticate, attempted methods [${names}], no supported methods remain`;
	}
	if (error.code === "ECONNRESET") return "read: connection reset by peer";
	if (/^Connection lost before handshake/.test(error.message)) return "EOF";
	return error.message;
}

function errnoText(error: NodeJS.ErrnoException): string {
	const texts: Record<string, string> = {
		ECONNREFUSED: "connection refused",
		ECONNRESET: "connection reset by peer",
		EHOSTUNREACH: "no route to host",
		ENETUNREACH: "network is unreachable",
		ETIMEDOUT: "connection timed out",
		ENOENT: "no such file or directory",
		EACCES: "permission denied",
	};
	return texts[error.code ?? ""] ?? error.message;
}
