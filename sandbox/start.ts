import { join } from "node:path";
import { execa } from "execa";
import { step } from "../setup/progress";
import { SandboxHost } from "./host";
import { type GuestFile, makeIdentity } from "./identity";
import { type Image, sandboxImage } from "./image";
import { onAbruptEnd } from "./interrupt";
import { freePort } from "./ports";
import { killAndWait } from "./process";
import { type Release, releases } from "./release";
import { checkName, claimHost, hostFolder, removeHost } from "./state";

export interface StartOptions {
	release: Release;
	/** Unique among running hosts, and its host name. Without: the release and this process's number. */
	name?: string;
	/** What it boots from. Without: the release's plain image. */
	image?: Image;
	/** Further guest ports to reach from this machine, beside SSH; at any free port where none is given. */
	forwards?: { guest: number; host?: number }[];
	/** Files below /etc that it has from its first boot on. */
	files?: GuestFile[];
	/** The host outlives this process, and stays until `npm run sandbox -- down`. */
	keep?: boolean;
	/** A file that goes when the host goes. */
	inventory?: string;
}

let started = 0;

/** Starts a host and waits until it answers over SSH. Unless kept, it ends with this process at the latest. */
export async function startHost(options: StartOptions): Promise<SandboxHost> {
	const { release, keep = false, inventory } = options;
	const name = checkName(options.name ?? `${release}-${process.pid}-${++started}`);
	const image = options.image ?? (await sandboxImage(release));
	const state = claimHost({ name, release, keep, image, inventory });
	const stays = onAbruptEnd(() => removeHost(name));
	const folder = hostFolder(name);
	let host: SandboxHost | undefined;
	try {
		return await step(`Host ${name}, ${releases[release].title}, boots`, async () => {
			const identity = await makeIdentity(folder, name, options.files);
			const disk = join(folder, "disk.qcow2");
			await execa("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.disk, disk]);
			const taken = new Set<number>();
			for (const { guest, host } of [{ guest: 22, host: undefined }, ...(options.forwards ?? [])]) {
				const port = host ?? (await freePort(taken));
				taken.add(port);
				state.forwards[guest] = port;
			}
			if (keep) state.owner = undefined;
			host = new SandboxHost(state, identity, stays);
			await host.boot(identity);
			if (keep) stays();
			return host;
		});
	} catch (error) {
		host?.disconnect();
		await killAndWait(state.qemu);
		removeHost(name);
		stays();
		throw error;
	}
}
