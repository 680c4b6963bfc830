import { createHash } from "node:crypto";
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { cached } from "../../setup/cache";
import { step } from "../../setup/progress";
import { ensureMmdebstrap, mmdebstrap, tool } from "../mmdebstrap";
import { debianTree, runInTree } from "../tree";
import { type PackedImage, packImages } from "./container-image";
import { debian } from "./versions";

/** How an image is made of Debian's packages. */
interface Recipe {
	name: string;
	packages: string[];
	contents: Collected | Taken;
	command: string[];
}

/** A script of this checkout that copies what it needs out of a Debian system with the packages. */
interface Collected {
	script: string;
}

/** The packages' files without an installed system around them, and others. */
interface Taken {
	/** What is taken of the packages: files, folders and patterns of tar's. */
	take: string[];
	folders?: string[];
	/** Path → a program of this checkout. */
	programs?: Record<string, string>;
	/** Path → text. */
	texts?: Record<string, string>;
}

const busybox = "usr/bin/busybox";
const libraries = "usr/lib/x86_64-linux-gnu";

const checkout = dirname(dirname(__dirname));
const myapp = join(checkout, "sandbox", "demo", "myapp");
/** What images/loader/Dockerfile runs too. */
const collectLoader = join(checkout, "images", "loader", "collect.sh");

/** The images of every node. Pods name them with `imagePullPolicy: Never`. */
const recipes: Recipe[] = [
	{ name: "sandbox/busybox", packages: ["busybox-static"], contents: { take: [busybox] }, command: ["sh"] },
	// What holds a pod's namespaces: a process that only waits.
	{
		name: "sandbox/pause",
		packages: ["busybox-static"],
		contents: { take: [busybox] },
		command: ["sleep", "infinity"],
	},
	{
		name: "sandbox/loader",
		packages: ["apparmor", "busybox-static"],
		contents: { script: collectLoader },
		command: ["sh"],
	},
	{
		name: "sandbox/myapp",
		packages: ["perl-base", "busybox-static"],
		contents: {
			take: [
				...[busybox, "usr/bin/perl", "usr/lib64"],
				...["ld-linux-*", "libc.so.*", "libm.so.*", "libcrypt.so.*", "perl-base"].map((name) => `${libraries}/${name}`),
			],
			folders: ["opt/myapp/data", "var/log/myapp", "usr/local/bin"],
			programs: { "opt/myapp/bin/myapp": myapp },
			texts: {
				"opt/myapp/config/greeting.conf": "Welcome to myapp.\n",
				"etc/shadow": "root:*:20000:0:99999:7:::\n",
			},
		},
		command: ["/opt/myapp/bin/myapp"],
	},
];

/** An archive with all images of a node, made on first use and shared by all checkouts. */
export async function containerImageArchive(): Promise<string> {
	const hash = createHash("sha256").update(debian);
	const sources = [myapp, collectLoader, __filename, join(__dirname, "container-image.ts")];
	for (const source of sources) hash.update(readFileSync(source));
	const key = join("container-images", hash.digest("hex").slice(0, 12));
	const folder = await cached(key, (temporary) =>
		step("Container images, from Debian's packages", async (report) => {
			await ensureMmdebstrap();
			const work = mkdtempSync(join(tmpdir(), "pulumi-apparmor-containers-"));
			try {
				const packed: PackedImage[] = [];
				for (const [index, recipe] of recipes.entries()) {
					report(recipe.name);
					const tree = join(work, String(index));
					if ("script" in recipe.contents) await collect(recipe.packages, recipe.contents, tree);
					else await take(recipe.packages, recipe.contents, tree, join(work, "packages.tar"));
					await tool("chmod", ["-R", "u=rwX,go=rX", tree]);
					await tool("chmod", ["1777", join(tree, "tmp")]);
					packed.push({ reference: `${recipe.name}:latest`, tree, command: recipe.command });
				}
				await packImages(packed, join(temporary, "images.tar"), work);
			} finally {
				rmSync(work, { recursive: true, force: true });
			}
		}),
	);
	return join(folder, "images.tar");
}

async function collect(packages: string[], { script }: Collected, tree: string): Promise<void> {
	const debianRoot = await debianTree(debian, packages);
	// The Debian tree is everybody's, so nothing stays in it.
	const inside = mkdtempSync(join(debianRoot.folder, "tmp", "collect-"));
	try {
		const command = ["sh", "-s", join("/tmp", basename(inside), "tree")];
		const result = await runInTree(debianRoot, command, readFileSync(script));
		if (result.failed) throw new Error(`${script}: exit code ${result.exitCode}\n${result.stderr}`);
		await tool("cp", ["-a", join(inside, "tree"), tree]);
	} finally {
		rmSync(inside, { recursive: true, force: true });
	}
}

async function take(packages: string[], contents: Taken, tree: string, archive: string): Promise<void> {
	const { folders = [], programs = {}, texts = {} } = contents;
	const options = ["--variant=extract", "--architectures=amd64", `--include=${packages.join(",")}`];
	await mmdebstrap(debian, archive, options);
	mkdirSync(tree);
	const members = contents.take.map((path) => `./${path}`);
	await tool("tar", ["-C", tree, "--no-same-owner", "--wildcards", "-xf", archive, ...members]);
	for (const path of ["dev", "etc", "proc", "root", "sys", "tmp", "usr/bin", "usr/sbin", "usr/lib", ...folders])
		mkdirSync(join(tree, path), { recursive: true });
	for (const path of ["bin", "sbin", "lib", "lib64"])
		if (existsSync(join(tree, "usr", path))) symlinkSync(`usr/${path}`, join(tree, path));
	// It is linked statically, so it runs here as well.
	const applets = (await execa(join(tree, busybox), ["--list"])).stdout.split("\n");
	for (const applet of applets) {
		const link = join(tree, "usr/bin", applet);
		if (!existsSync(link)) symlinkSync("busybox", link);
	}
	for (const [path, source] of Object.entries(programs)) {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		cpSync(source, join(tree, path));
		chmodSync(join(tree, path), 0o755);
	}
	const users = { "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:\n" };
	for (const [path, text] of Object.entries({ ...users, ...texts })) {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		writeFileSync(join(tree, path), text);
	}
}
