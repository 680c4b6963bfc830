import type { StatusRow } from "../../src/cluster/status";
import { cli } from "../cli/cli";

/** What `pulumi-apparmor status --kube --json` says of a cluster. */
export async function kubeStatus(
	{ kubeconfig }: { kubeconfig: string },
	...args: string[]
): Promise<{ code: number; rows: StatusRow[] }> {
	const { code, stdout } = await cli(["status", "--kube", "--kubeconfig", kubeconfig, "--json", ...args]);
	return { code, rows: JSON.parse(stdout || "[]") as StatusRow[] };
}
