import { expect } from "vitest";
import type { SandboxHost } from "../../sandbox";
import type { LoaderPod } from "./cluster-loaders";

/** The rights that docs/kubernetes.md promises a loader, as its pod has them. */
export const promisedToPod = (...add: string[]) => ({
	hostPID: undefined,
	hostNetwork: undefined,
	hostIPC: undefined,
	token: false,
	podSecurity: { appArmorProfile: { type: "Unconfined" }, seccompProfile: { type: "RuntimeDefault" } },
	containerSecurity: [
		{
			...{ allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsUser: 0 },
			capabilities: { add, drop: ["ALL"] },
		},
	],
});

/** The same, as its node's kernel has them. */
export const promisedToProcess = (...capabilities: string[]): ProcessRights => ({
	uid: 0,
	capabilities: { CapInh: [], CapPrm: capabilities, CapEff: capabilities, CapBnd: capabilities, CapAmb: [] },
	noNewPrivileges: true,
	seccomp: "filter",
	// Some releases have a profile for every busybox on the node, which allows everything.
	profile: expect.stringMatching(/^(unconfined|busybox \(unconfined\))$/),
	readOnlyRoot: true,
	sharedNamespaces: [],
});

/** What Kubernetes was asked to let a loader do. */
export function podRights({ spec }: LoaderPod) {
	const { hostPID, hostNetwork, hostIPC, automountServiceAccountToken, securityContext, containers, volumes } = spec;
	const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts);
	const isWritten = (volume: string) => mounts.some(({ name, readOnly }) => name === volume && readOnly !== true);
	const hostPaths = (written: boolean) =>
		volumes.flatMap(({ name, hostPath }) => (hostPath && isWritten(name) === written ? [hostPath.path] : []));
	return {
		...{ hostPID, hostNetwork, hostIPC, token: automountServiceAccountToken, podSecurity: securityContext },
		containerSecurity: containers.map((container) => container.securityContext),
		/** The node's folders that it mounts, by whether any mount of them can be written to. */
		...{ readable: hostPaths(false), writable: hostPaths(true) },
	};
}

/** What the kernel of a node lets a loader do. */
export interface ProcessRights {
	uid: number;
	/** By the names of the sets in /proc/PID/status. */
	capabilities: Record<"CapInh" | "CapPrm" | "CapEff" | "CapBnd" | "CapAmb", string[]>;
	noNewPrivileges: boolean;
	seccomp: "none" | "strict" | "filter";
	profile: string;
	readOnlyRoot: boolean;
	/** The kinds of namespaces that it shares with the node. */
	sharedNamespaces: string[];
}

const knownCapabilities: Record<number, string> = { 18: "SYS_CHROOT", 33: "MAC_ADMIN" };

/** Reads on the node what the process of a distribution's loader may do. */
export async function processRights(node: SandboxHost, distribution: string): Promise<ProcessRights> {
	const { stdout } = await node.run(`
		for pid in $(pgrep -f '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve'); do
			tr '\\0' '\\n' <"/proc/$pid/environ" | grep -q '^AGENT_OWNER=.*/${distribution}$' || continue
			cat "/proc/$pid/status"
			printf 'Profile:\\t%s\\n' "$(tr -d '\\0' <"/proc/$pid/attr/current")"
			printf 'Root:\\t%s\\n' "$(awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo")"
			for kind in cgroup ipc mnt net pid uts; do
				[ "$(readlink "/proc/$pid/ns/$kind")" != "$(readlink "/proc/1/ns/$kind")" ] || printf 'Shared:\\t%s\\n' "$kind"
			done
			break
		done`);
	const lines = stdout.split("\n").map((line) => line.split(/:\s+/) as [string, string]);
	const field = (name: string) => lines.find(([key]) => key === name)?.[1] ?? "";
	const sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] as const;
	return {
		uid: Number(field("Uid").split("\t")[0]),
		capabilities: Object.fromEntries(sets.map((set) => [set, capabilityNames(field(set))])) as Record<
			(typeof sets)[number],
			string[]
		>,
		noNewPrivileges: field("NoNewPrivs") === "1",
		seccomp: (["none", "strict", "filter"] as const)[Number(field("Seccomp"))] ?? "none",
		profile: field("Profile"),
		readOnlyRoot: field("Root").split(",").includes("ro"),
		sharedNamespaces: lines.filter(([key]) => key === "Shared").map(([, kind]) => kind),
	};
}

function capabilityNames(hex: string): string[] {
	const bits = BigInt(`0x${hex}`).toString(2).split("").reverse();
	return bits.flatMap((bit, number) => (bit === "1" ? [knownCapabilities[number] ?? `number ${number}`] : []));
}
