import { execa } from "execa";
import type { Release, SandboxHost } from "../../sandbox";
import { debianKeyring, machineAcquireOptions, machineMirrors, sourcesFor } from "../../sandbox/apt";
import { cached } from "../../setup/cache";
import { ensureSystemPackages } from "../../setup/packages";
import { step } from "../../setup/progress";

/**
 * Puts Python on a sandbox host, which Ansible needs there and Debian's smallest system does not have. The host
 * reaches no archive: its release's packages are unpacked on this machine, and what the host lacks is copied.
 */
export async function bringPython(host: SandboxHost): Promise<void> {
	const folder = await cached(`bench/python3-${host.release}`, (temporary) =>
		step(`Python of Debian ${host.release}, for Ansible`, () => unpackPython(host.release, `${temporary}/python3.tar`)),
	);
	await step(`Python on ${host.name}`, async () => {
		await host.copyIn(`${folder}/python3.tar`, "/root/python3.tar");
		await host.run(
			"tar -C / --skip-old-files --keep-directory-symlink -xf /root/python3.tar && rm /root/python3.tar && ldconfig && python3 -c 'import json, ssl, zipfile'",
		);
	});
}

async function unpackPython(release: Release, tar: string): Promise<void> {
	await ensureSystemPackages([{ command: "mmdebstrap", package: "mmdebstrap" }]);
	const options = (await machineAcquireOptions()).map((option) => `--aptopt=${option}`);
	const sources = sourcesFor(release, await machineMirrors());
	const what = ["--variant=extract", "--include=python3", "--architectures=amd64", `--keyring=${debianKeyring()}`];
	// Neither devices nor the archive's lists are wanted.
	const less = ["--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"];
	await execa("mmdebstrap", ["--quiet", ...what, ...less, ...options, release, tar, ...sources], { stdin: "ignore" });
}
