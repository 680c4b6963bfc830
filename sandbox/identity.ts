import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** A host's own keys, made before it boots: its SSH server's is known from the first connection on. */
export interface Identity {
	/** The tar archive that the guest unpacks at its first boot. */
	archive: string;
	privateKeyFile: string;
	/** The server's public key, as in a known_hosts line after the address. */
	hostKey: string;
}

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

/** Makes the keys of a host in its folder. */
export async function makeIdentity(folder: string, name: string): Promise<Identity> {
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
	await execa("tar", ["-C", tree, "--owner=0", "--group=0", "-cf", archive, "etc", "root", "home"]);
	rmSync(tree, { recursive: true });
	return readIdentity(folder);
}
