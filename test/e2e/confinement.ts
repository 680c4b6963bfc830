import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";

/** The profiles of these tests that the kernel of a node has, and their modes. */
export async function loaded(node: SandboxHost): Promise<string[]> {
	const { stdout } = await node.run("grep '^e2e-' /sys/kernel/security/apparmor/profiles | sort");
	return stdout.split("\n").filter(Boolean);
}

/** Whether a new process under a profile may read a file of the node. */
export async function mayRead(node: SandboxHost, profile: string, file: string): Promise<boolean> {
	const { stdout } = await node.run(`aa-exec -p ${profile} -- cat ${file} >/dev/null 2>&1 && echo yes || echo no`);
	return stdout.trim() === "yes";
}

/** What a pod's first process runs under. */
export async function confinement(cluster: SandboxCluster, pod = "none"): Promise<string> {
	return (await cluster.kubectl("exec", pod, "--", "cat", "/proc/1/attr/current")).trim();
}
