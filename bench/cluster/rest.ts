import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";

/** What a loader's container takes on a node while nothing changes. What its probes take is in it. */
export interface Rest {
	/** Bytes that its control group is charged with now, and at most since its start. */
	memory: number;
	peak: number;
	/** Of those now, what is no file's. */
	anonymous: number;
	processes: number;
	/** Bytes that its processes have in memory, summed: what they share counts each time. */
	resident: number;
	/** How long was looked, the CPU time of it, and in how many of the looks, one a second, there was any. */
	seconds: number;
	cpuSeconds: number;
	busyLooks: number;
}

/** For the container $1 and $2 seconds: a line with the memory's numbers, then one a second with its clock and CPU time. */
const script = String.raw`
cd "$(find /sys/fs/cgroup -type d -name "cri-containerd-$1.scope")" || exit 1
processes=0 resident=0
for process in $(cat cgroup.procs); do
	kilobytes=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$process/status")
	processes=$((processes + 1)) resident=$((resident + kilobytes * 1024))
done
echo $(cat memory.current memory.peak) $(sed -n 's/^anon //p' memory.stat) $processes $resident
end=$(($(date +%s) + $2))
while [ "$(date +%s)" -lt "$end" ]; do
	echo $(cut -d' ' -f1 /proc/uptime) $(sed -n 's/^usage_usec //p' cpu.stat)
	sleep 1
done`;

/** Looks at the loaders that a selector chooses, for so many seconds on all nodes at once. */
export async function atRest(
	cluster: SandboxCluster,
	namespace: string,
	selector: string,
	seconds: number,
): Promise<Rest[]> {
	const listed = await cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "json");
	const pods = (JSON.parse(listed) as { items: Pod[] }).items.filter(({ metadata }) => !metadata.deletionTimestamp);
	return Promise.all(
		cluster.nodes.map((node) => {
			const [pod, ...others] = pods.filter(({ spec }) => spec.nodeName === node.name);
			const id = pod?.status.containerStatuses[0]?.containerID.replace("containerd://", "");
			if (!id || others.length > 0) throw new Error(`${node.name} has no single pod with ${selector}`);
			return look(node, id, seconds);
		}),
	);
}

interface Pod {
	metadata: { deletionTimestamp?: string };
	spec: { nodeName: string };
	status: { containerStatuses: { containerID: string }[] };
}

async function look(node: SandboxHost, container: string, seconds: number): Promise<Rest> {
	const { stdout } = await node.run(`sh -s ${container} ${seconds}`, { input: script });
	const [first, ...looks] = stdout
		.trim()
		.split("\n")
		.map((line) => line.split(" ").map(Number)) as [[number, number, number, number, number], ...[number, number][]];
	const [memory, peak, anonymous, processes, resident] = first;
	const [[start, before], [end, after]] = [looks[0], looks.at(-1)] as [[number, number], [number, number]];
	const busyLooks = looks.filter(([, usage], index) => index > 0 && usage !== looks[index - 1]?.[1]).length;
	const cpuSeconds = (after - before) / 1e6;
	return { memory, peak, anonymous, processes, resident, seconds: end - start, cpuSeconds, busyLooks };
}
