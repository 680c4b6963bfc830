import { createHash, type Hash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { execa } from "execa";
import { cached, cachePath } from "../setup/cache";
import { ensureSystemPackages } from "../setup/packages";
import { type Report, step } from "../setup/progress";
import { onAbruptEnd } from "./interrupt";
import { ensureMmdebstrap, isRoot, mmdebstrap, tool } from "./mmdebstrap";
import { accelerator, commonKernelArguments, qemuArguments } from "./qemu";
import { type Release, releases } from "./release";

/** A built image: files that hosts share and only read. */
export interface Image {
	release: Release;
	disk: string;
	kernel: string;
	initrd: string;
	/** The memory of a machine that has booted it, from which a new host starts instead. */
	memory?: string;
	/** The packages in it, one "name version architecture" a line. */
	packages: string;
}

/** What an image has beyond that of a plain host. */
export interface ImageVariant {
	/** In the image's title, as in "Debian 13 (trixie) for …". */
	purpose: string;
	packages: string[];
	/** A folder with files/, copied into the image, and customize.sh, which mmdebstrap runs after the plain host's. */
	customization: string;
	/** Files of the cache, which customize.sh finds in inputs/ beside it; their paths change with their content. */
	inputs: string[];
}

/** In the image beside Debian's essential packages (of which perl-base is one). */
const imagePackages = [
	"apparmor",
	"iproute2",
	"kmod",
	"linux-image-cloud-amd64",
	"openssh-server",
	"sudo",
	"systemd-sysv",
	// In place of initramfs-tools: an initrd of half a megabyte boots many times faster under emulation.
	"tiny-initramfs",
	"udev",
];

/** How they are installed, and how the disk is made of them. */
function packageOptions(variant?: ImageVariant): string[] {
	return [
		"--variant=minbase",
		"--architectures=amd64",
		`--include=${[...imagePackages, ...(variant?.packages ?? [])].join(",")}`,
		// Nobody reads manuals in there.
		"--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
	];
}
const diskSize = "4G";
const diskOptions = ["-t", "ext4", "-L", "sandbox", "-E", "lazy_journal_init=1", "-J", "size=16"];

/** Files that are copied into the image, and the scripts that finish it. */
const customization = join(__dirname, "image");

/** The folder that holds an image: its name changes with everything in this checkout that goes into it. */
export function imageKey(release: Release, variant?: ImageVariant): string {
	const hash = createHash("sha256");
	hash.update(JSON.stringify([packageOptions(variant), diskSize, diskOptions]));
	hashFiles(hash, customization);
	if (variant) hashFiles(hash, variant.customization);
	for (const input of variant?.inputs ?? []) hash.update(`\0${relative(cachePath(), input)}\0`);
	return join("images", `${release}-${hash.digest("hex").slice(0, 12)}`);
}

function hashFiles(hash: Hash, folder: string): void {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	for (const file of files) hash.update(`\0${relative(folder, file)}\0`).update(readFileSync(file));
}

function imageIn(folder: string, release: Release): Image {
	const file = (name: string) => join(folder, name);
	return {
		release,
		disk: file("disk.qcow2"),
		kernel: file("vmlinuz"),
		initrd: file("initrd"),
		packages: file("packages"),
	};
}

/** What running hosts needs of the machine, and what building an image needs on top. */
async function ensureTools(): Promise<void> {
	await ensureSystemPackages([
		{ command: "qemu-system-x86_64", package: "qemu-system-x86" },
		{ command: "qemu-img", package: "qemu-utils" },
		{ command: "ssh", package: "openssh-client" },
		{ command: "setpriv", package: "util-linux" },
	]);
}

async function ensureBuildTools(): Promise<void> {
	const needs = [
		{ command: "mke2fs", package: "e2fsprogs" },
		{ command: "xz", package: "xz-utils" },
	];
	if (!isRoot()) needs.push({ command: "fakeroot", package: "fakeroot" });
	await ensureMmdebstrap();
	await ensureSystemPackages(needs);
}

/** The image of a release, built on first use and shared by all hosts and checkouts. */
export async function sandboxImage(release: Release, variant?: ImageVariant): Promise<Image> {
	if (process.platform !== "linux" || arch() !== "x64")
		throw new Error(`sandbox hosts need Linux on x86-64; this is ${process.platform} on ${arch()}`);
	await ensureTools();
	const key = imageKey(release, variant);
	if (!existsSync(cachePath(key))) await ensureBuildTools();
	const title = `Image of ${releases[release].title}${variant ? ` ${variant.purpose}` : ""}`;
	const folder = await cached(key, (temporary) => step(title, (report) => build(release, variant, temporary, report)));
	return imageIn(folder, release);
}

async function build(
	release: Release,
	variant: ImageVariant | undefined,
	folder: string,
	report: Report,
): Promise<void> {
	const work = mkdtempSync(join(tmpdir(), "pulumi-apparmor-image-"));
	const cleanUp = () => rmSync(work, { recursive: true, force: true });
	const settled = onAbruptEnd(() => {
		cleanUp();
		rmSync(folder, { recursive: true, force: true });
	});
	try {
		report("Debian packages");
		const rootfs = join(work, "rootfs.tar");
		await installPackages(release, variant, work, rootfs);
		report("disk");
		await makeDisk(work, rootfs, folder);
		report("first boot");
		await settle(imageIn(folder, release), folder);
		const packages = [...imagePackages, ...(variant?.packages ?? [])];
		const manifest = { release, packages, built: new Date().toISOString() };
		writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, "\t")}\n`);
	} finally {
		cleanUp();
		settled();
	}
}

async function installPackages(
	release: Release,
	variant: ImageVariant | undefined,
	work: string,
	rootfs: string,
): Promise<void> {
	// Without root, mmdebstrap's hooks run as another user of the machine, who cannot read a private home.
	const hooks = [customization, ...(variant ? [variant.customization] : [])].map((source, index) => {
		const copy = join(work, `image-${index}`);
		cpSync(source, copy, { recursive: true });
		return copy;
	});
	for (const input of variant?.inputs ?? []) cpSync(input, join(work, "image-1", "inputs", basename(input)));
	await execa("chmod", ["-R", "a+rX", work]);
	const scripts = hooks.map((hook) => `--customize-hook=${join(hook, "customize.sh")}`);
	await mmdebstrap(release, rootfs, [...packageOptions(variant), ...scripts]);
}

async function makeDisk(work: string, rootfs: string, folder: string): Promise<void> {
	const tree = join(work, "tree");
	const raw = join(work, "disk.raw");
	mkdirSync(tree);
	await tool("tar", ["-C", folder, "--strip-components=3", "-xf", rootfs, "./boot/sandbox"]);
	const script = `
		tar -C "$1" --numeric-owner -xf "$2"
		tree=$1 raw=$3 size=$4
		shift 4
		mke2fs -q "$@" -d "$tree" "$raw" "$size"`;
	// fakeroot lets an ordinary user unpack root's files, and mke2fs see them as root's.
	const asRoot = isRoot() ? [] : ["fakeroot", "--"];
	const [command, ...args] = [...asRoot, "sh", "-euc", script, "sh", tree, rootfs, raw, diskSize, ...diskOptions];
	await tool(command as string, args);
	await tool("qemu-img", ["convert", "-O", "qcow2", raw, join(folder, "disk.qcow2")]);
}

/**
 * Boots the image once and powers it off, so that what a host computes at its first boot and keeps
 * (AppArmor's cache of compiled policy above all: 10 s with Debian 13's hundred profiles) is in the image.
 */
async function settle(image: Image, folder: string): Promise<void> {
	const console = join(folder, "first-boot.log");
	const machine = {
		...image,
		kernelArguments: [
			...commonKernelArguments,
			"panic=-1",
			"systemd.run=/usr/local/lib/sandbox/seal",
			"systemd.run_success_action=poweroff-force",
			"systemd.run_failure_action=poweroff-force",
		],
		console,
	};
	await tool("qemu-system-x86_64", [...qemuArguments(machine, accelerator(process.env)), "-no-reboot"], 900_000);
	const log = readFileSync(console, "utf8");
	if (!log.includes("sandbox image sealed"))
		throw new Error(`the new image of ${image.release} did not boot; its console ended with:\n${log.slice(-2000)}`);
}
