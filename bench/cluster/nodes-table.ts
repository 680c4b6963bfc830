import { markdown } from "../markdown";
import { median } from "../median";
import type { Rest } from "./rest";
import type { OurRound, TheirRound } from "./rounds";

const spread = (numbers: number[]) =>
	[median(numbers), Math.min(...numbers), Math.max(...numbers)].map((number) => number.toFixed(1));

/** From a change to the new profile in the kernel of every node. */
export function roundsTable(title: string, ours: OurRound[], theirs: TheirRound[]): string {
	const live = { ours: ours.map(({ live }) => live), theirs: theirs.map(({ live }) => live) };
	const share = median(live.ours) / median(live.theirs);
	return markdown(
		[`${title}, ${ours.length} rounds: the new profile is live on every node`, "median, s", "least", "most"],
		[
			["from the API server having the ConfigMap: polls every 30 s", ...spread(live.theirs)],
			["from the API server having the ConfigMap: pulumi-apparmor", ...spread(live.ours)],
			["– of the median of the one that polls", share.toFixed(2), "", ""],
			["from the start of `pulumi up`", ...spread(ours.map(({ upToConfigMap, live }) => upToConfigMap + live))],
			["the whole `pulumi up`, which waits for the nodes", ...spread(ours.map(({ up }) => up))],
		],
	);
}

/** Where the time goes: what has happened after so many seconds, on the slowest node. */
export function stagesTable(ours: OurRound[]): string {
	const row = (what: string, seconds: (round: OurRound) => number) => [what, ...spread(ours.map(seconds))];
	return markdown(
		["seconds after the API server has the ConfigMap", "median, s", "least", "most"],
		[
			row("the DaemonSet is updated", ({ daemonSet }) => daemonSet),
			row("the new pods are made", ({ pods }) => pods),
			row("the loader's process runs", ({ live, loader }) => live - loader),
			row("the new profile is live", ({ live }) => live),
		],
	);
}

/** What each loader takes on a node, the most of all nodes. */
export function restTable(loaders: Record<string, Rest[]>): string {
	const most = (rests: Rest[], number: (rest: Rest) => number) => Math.max(...rests.map(number));
	const rows = Object.entries(loaders).map(([name, rests]) => [
		name,
		...[megabytes(most(rests, ({ memory }) => memory)), megabytes(most(rests, ({ peak }) => peak))],
		megabytes(most(rests, ({ anonymous }) => anonymous)),
		`${megabytes(most(rests, ({ resident }) => resident))} (${most(rests, ({ processes }) => processes)})`,
		`${most(rests, ({ cpuSeconds }) => cpuSeconds * 1000).toFixed(0)} ms of ${most(rests, ({ seconds }) => seconds).toFixed(0)} s`,
		String(most(rests, ({ busyLooks }) => busyLooks)),
	]);
	return markdown(
		["at rest, on a node", "memory, MB", "peak", "anonymous", "resident (processes)", "CPU", "seconds with any"],
		rows,
	);
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
