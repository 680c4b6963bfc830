import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { clusterBinaries } from "../../sandbox/cluster/binaries";

/** Puts the sandbox's kubectl first on PATH, for the command asks a cluster by whatever is there. Call what it returns at the end. */
export async function useSandboxKubectl(): Promise<() => void> {
	const path = process.env.PATH ?? "";
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-kubectl-"));
	symlinkSync((await clusterBinaries()).kubectl, join(folder, "kubectl"));
	process.env.PATH = `${folder}${delimiter}${path}`;
	return () => {
		process.env.PATH = path;
		rmSync(folder, { recursive: true, force: true });
	};
}
