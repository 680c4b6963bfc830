import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { cached } from "../setup/cache";
import { ensureSystemPackages, systemPath } from "../setup/packages";
import { step } from "../setup/progress";
import { ensureMmdebstrap, isRoot, mmdebstrap, tool } from "./mmdebstrap";
import { type Release, releases } from "./release";

/** A Debian release unpacked into a folder: for running its programs where they need none of its kernel. */
export interface DebianTree {
	release: Release;
	folder: string;
}

/** The tree of a release with these packages, made on first use and shared by all checkouts. */
export async function debianTree(release: Release, packages: string[]): Promise<DebianTree> {
	const include = [...packages].sort().join(",");
	const key = join("trees", `${release}-${createHash("sha256").update(include).digest("hex").slice(0, 12)}`);
	const folder = await cached(key, (temporary) =>
		step(`${releases[release].title} with ${include}`, async () => {
			await ensureMmdebstrap();
			await ensureSystemPackages([{ command: "unshare", package: "util-linux" }]);
			const work = mkdtempSync(join(tmpdir(), "pulumi-apparmor-tree-"));
			try {
				const tar = join(work, "tree.tar");
				await mmdebstrap(release, tar, ["--variant=minbase", "--architectures=amd64", `--include=${include}`]);
				// Device nodes are root's to make, and no program here needs them.
				await tool("tar", ["-C", temporary, "--no-same-owner", "--exclude=./dev/*", "-xf", tar]);
				mkdirSync(join(temporary, "dev"), { recursive: true });
			} finally {
				rmSync(work, { recursive: true, force: true });
			}
		}),
	);
	return { release, folder };
}

/** Starts a program of the tree, which sees nothing outside of it; its result never throws. */
export function runInTree(tree: DebianTree, command: string[], input?: string | Uint8Array) {
	const enter = isRoot() ? ["chroot", tree.folder] : ["unshare", "--map-root-user", "--root", tree.folder];
	const [program, ...args] = [...enter, ...command] as [string, ...string[]];
	return execa(program, args, {
		env: { PATH: systemPath, LC_ALL: "C.UTF-8" },
		extendEnv: false,
		reject: false,
		...(input === undefined ? { stdin: "ignore" as const } : { input }),
		encoding: "buffer",
		stripFinalNewline: false,
	});
}
