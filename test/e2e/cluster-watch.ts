import { once } from "node:events";
import { execa } from "execa";
import type { SandboxHost } from "../../sandbox";
import type { SandboxCluster } from "../../sandbox/cluster";
import { clusterBinaries } from "../../sandbox/cluster/binaries";
import { loadersOf } from "./cluster-loaders";

/** What was seen of a profile in a node's kernel, looking every 50 ms or so. */
export interface Seen {
	looks: number;
	/** How often it was not there. */
	missing: number;
	/** The modes that it was in, in their order, and the seconds between the first and the last look at it. */
	modes: { mode: string; seconds: number }[];
	/** The longest time between two looks, in seconds. */
	longestGap: number;
}

/** Perl, because starting a program for each look would be most of the node's work. */
const looker = String.raw`
my ($profile, $stop) = @ARGV;
my ($looks, $missing, $gap, $before, @periods) = (0, 0, 0);
sub uptime { open my $file, "<", "/proc/uptime" or die; return (split " ", <$file>)[0] }
until (-e $stop) {
	open my $file, "<", "/sys/kernel/security/apparmor/profiles" or die "no list of profiles: $!";
	my $list = do { local $/; <$file> };
	my $mode = $list =~ /^\Q$profile\E \((\w+)\)$/m ? $1 : "missing";
	my $now = uptime();
	$gap = $now - $before if defined $before && $now - $before > $gap;
	$before = $now;
	$looks++;
	$missing++ if $mode eq "missing";
	push @periods, [$mode, $now] if !@periods || $periods[-1][0] ne $mode;
	$periods[-1][2] = $now;
	if ($looks == 1) { open my $mark, ">", "$stop.looking"; }
	select undef, undef, undef, 0.05;
}
my $modes = join ",", map { sprintf '{"mode":"%s","seconds":%.2f}', $_->[0], $_->[2] - $_->[1] } @periods;
printf '{"looks":%d,"missing":%d,"longestGap":%.2f,"modes":[%s]}', $looks, $missing, $gap, $modes;
`;

/** Looks for a profile in the kernel of a node from when this resolves until `end`. */
export async function watchProfile(node: SandboxHost, profile: string): Promise<{ end(): Promise<Seen> }> {
	const stop = `/run/watch-${profile}`;
	await node.run(`rm -f ${stop} ${stop}.looking`);
	const looking = node.run(`perl - ${profile} ${stop}`, { input: looker });
	// Whoever waits for the end meets it there.
	looking.catch(() => {});
	await node.run(`for try in $(seq 600); do [ ! -e ${stop}.looking ] || exit 0; sleep 0.1; done; exit 1`);
	return {
		async end() {
			await node.run(`touch ${stop}`);
			return JSON.parse((await looking).stdout) as Seen;
		},
	};
}

/** A pod of the loaders as one moment has it. */
interface Moment {
	pod: string;
	node: string;
	ready: boolean;
	deleted: boolean;
}

const columns = [
	"{.metadata.name}",
	"{.spec.nodeName}",
	'{.status.conditions[?(@.type=="Ready")].status}',
	"{.metadata.deletionTimestamp}",
];

/**
 * Follows what becomes of a distribution's loaders until `end`, which tells of each loader that was deleted whether
 * another one of its node was ready then.
 */
export async function watchSuccession(
	cluster: SandboxCluster,
	distribution: string,
): Promise<{ end(): Promise<{ deleted: string; node: string; successorReady: boolean }[]> }> {
	const { kubectl } = await clusterBinaries();
	const output = `jsonpath=${columns.join("|")}{"\\n"}`;
	const args = ["get", "pods", ...loadersOf(distribution), "--watch", "--output", output];
	const watching = execa(kubectl, args, { env: { KUBECONFIG: cluster.kubeconfig }, reject: false });
	// It prints first what is there.
	await once(watching.stdout, "data", { signal: AbortSignal.timeout(60_000) });
	return {
		async end() {
			watching.kill();
			return deletions((await watching).stdout.split("\n").filter(Boolean).map(moment));
		},
	};
}

function moment(line: string): Moment {
	const [pod = "", node = "", ready, deleted] = line.split("|");
	return { pod, node, ready: ready === "True", deleted: deleted !== "" };
}

function deletions(moments: Moment[]) {
	const ready = new Map<string, Set<string>>();
	const gone = new Map<string, { deleted: string; node: string; successorReady: boolean }>();
	for (const { pod, node, ready: isReady, deleted } of moments) {
		const others = ready.get(node) ?? new Set();
		ready.set(node, others);
		if (deleted && !gone.has(pod)) {
			others.delete(pod);
			gone.set(pod, { deleted: pod, node, successorReady: others.size > 0 });
		}
		if (isReady && !deleted) others.add(pod);
		else others.delete(pod);
	}
	return [...gone.values()];
}
