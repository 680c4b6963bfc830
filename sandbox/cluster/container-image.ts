import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../mmdebstrap";

/** A container image in an archive: a root folder, and what is run in it. */
export interface PackedImage {
	/** Name and tag, as a pod's `image` has it. */
	reference: string;
	/** The folder that becomes its only layer. */
	tree: string;
	/** What runs where the pod gives no command. */
	command: string[] | undefined;
}

/** Equal input gives equal bytes: one order, one time, everything root's. */
const layerOptions = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");

/**
 * Writes images into one archive as `docker save` does, which `ctr images import` and every other container tool can
 * read. `work` is a folder for its parts.
 */
export async function packImages(images: PackedImage[], archive: string, work: string): Promise<void> {
	const manifest: object[] = [];
	const parts = new Set<string>(["manifest.json"]);
	for (const { reference, tree, command } of images) {
		const draft = join(work, "layer.tar");
		await tool("tar", ["-C", tree, ...layerOptions, "-cf", draft, "."]);
		const digest = sha256(readFileSync(draft));
		const layer = `${digest}.tar`;
		renameSync(draft, join(work, layer));
		const config = JSON.stringify({
			architecture: "amd64",
			os: "linux",
			config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: command },
			rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
		});
		const configFile = `${sha256(config)}.json`;
		writeFileSync(join(work, configFile), config);
		manifest.push({ Config: configFile, RepoTags: [reference], Layers: [layer] });
		parts.add(configFile).add(layer);
	}
	writeFileSync(join(work, "manifest.json"), JSON.stringify(manifest));
	await tool("tar", ["-C", work, ...layerOptions, "-cf", archive, ...[...parts].sort()]);
}
