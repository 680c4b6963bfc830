import {
	chmodSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** A host's own keys, made before it boots: its SSH server's is known from the first connection on. */
export interface Identity {
	/** The tar archive that the guest unpacks at its first boot. */
	archive: string;
	privateKeyFile: string;
	/** The server's public key, as in a known_hosts line after the address. */
	hostKey: string;
}

/** A file that a host has from its first boot on; it is root's. */
export interface GuestFile {
	/** Absolute. */
	path: string;
	text: string;
	/** 0o644 without. */
	mode?: number;
}

/** The identity disk's size in bytes. It is the same for all hosts, because the guest may know it before its content. */
export const identitySize = 1024 * 1024;

const parts = (folder: string) => ({
	archive: join(folder, "identity.tar"),
	privateKeyFile: join(folder, "id_ed25519"),
	hostKeyFile: join(folder, "host_key.pub"),
});

export function readIdentity(folder: string): Identity {
	const { archive, privateKeyFile, hostKeyFile } = parts(folder);
	return { archive, privateKeyFile, hostKey: readFileSync(hostKeyFile, "utf8").trim() };
}

async function makeKey(file: string, comment: string): Promise<void> {
	await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}

/** Makes the keys of a host in its folder, and the archive with them and with files of its own. */
export async function makeIdentity(folder: string, name: string, files: GuestFile[] = []): Promise<Identity> {
	const { archive, privateKeyFile, hostKeyFile } = parts(folder);
	const tree = join(folder, "identity");
	const ssh = join(tree, "etc", "ssh");
	mkdirSync(ssh, { recursive: true });
	await makeKey(privateKeyFile, `sandbox-${name}`);
	await makeKey(join(ssh, "ssh_host_ed25519_key"), `root@${name}`);
	const [type, key] = readFileSync(join(ssh, "ssh_host_ed25519_key.pub"), "utf8").split(" ");
	for (const home of ["root", "home/deploy"]) {
		mkdirSync(join(tree, home, ".ssh"), { recursive: true });
		cpSync(`${privateKeyFile}.pub`, join(tree, home, ".ssh", "authorized_keys"));
		// sshd refuses keys in folders that others may write, whatever this process's umask.
		chmodSync(join(tree, home, ".ssh"), 0o700);
		chmodSync(join(tree, home, ".ssh", "authorized_keys"), 0o600);
	}
	writeFileSync(hostKeyFile, `${type} ${key}\n`);
	for (const { path, text, mode = 0o644 } of files) {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		writeFileSync(join(tree, path), text);
		// Whatever this process's umask.
		chmodSync(join(tree, path), mode);
	}
	await execa("tar", ["-C", tree, "--owner=0", "--group=0", "-cf", archive, ...readdirSync(tree)]);
	if (statSync(archive).size > identitySize)
		throw new Error(`host ${name}: its files take more than the ${identitySize} bytes that there is room for`);
	truncateSync(archive, identitySize);
	rmSync(tree, { recursive: true });
	return readIdentity(folder);
}
