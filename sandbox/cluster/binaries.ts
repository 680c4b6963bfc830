import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { cached } from "../../setup/cache";
import { step } from "../../setup/progress";
import { ensureMmdebstrap, mmdebstrap, tool } from "../mmdebstrap";
import { debian, kubernetesVersion } from "./versions";

const sources = join(__dirname, "kubernetes");

/** In the order in which they are needed. */
const programs = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet"] as const;

export type KubernetesProgram = (typeof programs)[number];

/** Programs that a cluster runs, as absolute paths. */
export type Binaries = Record<KubernetesProgram | "etcd", string>;

/** Kubernetes built from its Go modules, and etcd from Debian's package: made on first use, shared by all checkouts. */
export async function clusterBinaries(goFolders = "/usr/local/go/bin:/usr/lib/go/bin"): Promise<Binaries> {
	const etcd = await cached(`etcd-${debian}`, (temporary) =>
		step("etcd, from Debian's package", () => extractEtcd(temporary)),
	);
	const kubernetes = await cached(`kubernetes-${kubernetesVersion}-built`, async (temporary) => {
		const go = await findGo(goFolders);
		await step(`Kubernetes ${kubernetesVersion}, built with Go (about 6 minutes, once)`, async (report) => {
			for (const program of programs) {
				report(program);
				await build(go, program, temporary);
			}
		});
	});
	const paths = Object.fromEntries(programs.map((program) => [program, join(kubernetes, program)]));
	return { ...(paths as Record<KubernetesProgram, string>), etcd: join(etcd, "etcd") };
}

async function findGo(goFolders: string): Promise<string> {
	const env = { PATH: `${process.env.PATH}:${goFolders}` };
	const found = await execa("sh", ["-c", "command -v go"], { env, reject: false });
	if (found.exitCode === 0) return found.stdout;
	throw new Error(
		"a sandbox cluster runs Kubernetes built from its sources, and Go is not on this machine. Install Go 1.25 or newer (https://go.dev/dl/), and run this again.",
	);
}

/** Builds with go.mod and go.sum copied, because the checkout may be read-only. */
async function build(go: string, program: KubernetesProgram, folder: string): Promise<void> {
	for (const file of ["go.mod", "go.sum"]) copyFileSync(join(sources, file), join(folder, file));
	const [major, minor] = kubernetesVersion.split(".");
	const stamps = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((pkg) => [
		`-X ${pkg}.gitVersion=v${kubernetesVersion}`,
		`-X ${pkg}.gitMajor=${major}`,
		`-X ${pkg}.gitMinor=${minor}`,
		`-X ${pkg}.gitTreeState=archive`,
	]);
	const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", ["-s", "-w", ...stamps].join(" "), "-o", program];
	await execa(go, [...args, `k8s.io/kubernetes/cmd/${program}`], {
		cwd: folder,
		env: { CGO_ENABLED: "0", GOWORK: "off" },
		stdin: "ignore",
	});
}

/** Debian's etcd needs no more of its release than a C library, and runs with an older one too. */
async function extractEtcd(folder: string): Promise<void> {
	await ensureMmdebstrap();
	const work = mkdtempSync(join(tmpdir(), "pulumi-apparmor-etcd-"));
	try {
		const tar = join(work, "tree.tar");
		await mmdebstrap(debian, tar, ["--variant=extract", "--architectures=amd64", "--include=etcd-server"]);
		await tool("tar", ["-C", folder, "--strip-components=3", "-xf", tar, "./usr/bin/etcd"]);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}
