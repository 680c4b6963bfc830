import { compare, type FoundDistribution, type FoundLoader } from "./status-loaders";
import type { LoaderReport, ReportedProfile } from "./status-report";

/** What is known of one profile on one node; or, with no profile, of the node or of the whole distribution. */
export interface StatusRow {
	distribution: string;
	namespace: string;
	/** Null: it is about the distribution, not about one node. */
	node: string | null;
	profile: string | null;
	declaredMode: string | null;
	/** The kernel's; null where it has no such profile, or is not known. */
	mode: string | null;
	/** SHA-256, in hex, of the declared policy without its mode. */
	policyHash: string | null;
	/** The loader that said this is ready, as Kubernetes sees it. */
	ready: boolean;
	state: RowState;
	/** What is wrong, or worth knowing; may have several lines. */
	message: string | null;
}

/**
 * `declared`: as declared. `retired`: no longer declared, and loaded until no process uses it. `unsupported`: a node
 * without AppArmor. `off`: not as declared. `waiting`: not known yet, or not yet as declared.
 */
export type RowState = "declared" | "retired" | "unsupported" | "off" | "waiting";

/** What a loader answered: its report, or why there is none. */
export type Answer = { report: LoaderReport } | { problem: string };

/** The answers of those loaders that were asked. */
export type Answers = ReadonlyMap<FoundLoader, Answer>;

/** Whether something is not as declared, or not known to be. */
export const isOff = ({ state }: Pick<StatusRow, "state">) => state === "off" || state === "waiting";

/** What the loaders of a cluster say, a row for each profile on each node, sorted; what is about a node comes first. */
export function statusRows(distributions: readonly FoundDistribution[], answers: Answers): StatusRow[] {
	return distributions.flatMap((distribution) => {
		const about = { distribution: distribution.name, namespace: distribution.namespace };
		const rows = [...wholeRows(distribution), ...nodes(distribution).flatMap((node) => nodeRows(node, answers))];
		return rows.map(({ node, ...row }) => ({ ...about, node, ...row }));
	});
}

type Row = Omit<StatusRow, "distribution" | "namespace">;

const nothing = { profile: null, declaredMode: null, mode: null, policyHash: null, ready: false };

function wholeRows(distribution: FoundDistribution): Row[] {
	const { wantedNodes, pending, daemonSet, namespace } = distribution;
	if (pending)
		return [{ ...nothing, node: null, state: "waiting", message: "the cluster has not acted on its last change yet" }];
	const missing = wantedNodes - nodes(distribution).length;
	if (missing <= 0) return [];
	const who = `${missing} of ${wantedNodes} nodes ${missing === 1 ? "has" : "have"} no loader`;
	const message = `${who}: \`kubectl --namespace ${namespace} describe daemonset ${daemonSet}\` says why`;
	return [{ ...nothing, node: null, state: "off", message }];
}

interface NodeLoaders {
	node: string;
	/** Those that are not being deleted before those that are, the newest first. */
	loaders: [FoundLoader, ...FoundLoader[]];
}

function nodes({ loaders }: FoundDistribution): NodeLoaders[] {
	const found = new Map<string, NodeLoaders>();
	const order = (a: FoundLoader, b: FoundLoader) =>
		Number(a.deleted) - Number(b.deleted) || b.created - a.created || compare(a.pod, b.pod);
	for (const loader of [...loaders].sort(order)) {
		const node = loader.node ?? `(${loader.pod})`;
		const known = found.get(node);
		if (known) known.loaders.push(loader);
		else found.set(node, { node, loaders: [loader] });
	}
	return [...found.values()].sort((a, b) => compare(a.node, b.node));
}

/**
 * The newest loader's word counts. While it has none, an older one beside it, which the cluster keeps until the new one
 * is ready, tells what is loaded.
 */
function nodeRows({ node, loaders }: NodeLoaders, answers: Answers): Row[] {
	const [newest, ...older] = loaders;
	const told = loaders.flatMap((loader): OnNode[][] => {
		const answer = answers.get(loader);
		return answer !== undefined && "report" in answer ? [reportRows(answer.report, loader.ready)] : [];
	});
	const unheard = told.length > 0 ? [] : older.map((loader) => answers.get(loader));
	const about = newestRow(newest, answers.get(newest), problemsOf(unheard));
	return [about, ...(told[0] ?? [])].filter((row) => row !== undefined).map((row) => ({ node, ...row }));
}

function problemsOf(answers: (Answer | undefined)[]): string[] {
	return answers.flatMap((answer) => (answer !== undefined && "problem" in answer ? [answer.problem] : []));
}

type OnNode = Omit<Row, "node">;

/** What is to be said of the node itself, from its newest loader; and why no older one tells what is loaded. */
function newestRow(loader: FoundLoader, answer: Answer | undefined, older: string[]): OnNode | undefined {
	const { pod, deleted, outdated, starting, ready, problem } = loader;
	const row = (state: RowState, ...words: (string | undefined)[]): OnNode => {
		const message = [...words, ...older].filter((part) => part !== undefined).join("\n");
		return { ...nothing, ready, state, message };
	};
	if (deleted) return row("waiting", `its loader ${pod} is being deleted, and no other has taken over yet`);
	if (outdated) return row("waiting", `it has not had the last change yet: its loader ${pod} is of an older revision`);
	if (starting) return row("waiting", `its loader ${pod} is being started`);
	if (answer === undefined) return row("off", problem ?? `its loader ${pod} does not run`);
	if ("problem" in answer) return row("off", answer.problem, problem);
	const { state, message, profiles } = answer.report;
	if (state === "unsupported") return row("unsupported", message);
	if (state === "failed") return profiles.some((profile) => isWrong(profile)) ? undefined : row("off", message);
	if (!ready) return row("waiting", problem ?? `its loader ${pod} is not ready yet`);
	return profiles.length === 0 ? row("declared", "no profile is declared") : undefined;
}

function reportRows({ profiles, retired }: LoaderReport, ready: boolean): OnNode[] {
	const declared = profiles.map((profile): OnNode => {
		const { name, declaredMode, mode, policyHash } = profile;
		const message = profile.error ?? isWrong(profile);
		return {
			...{ profile: name, declaredMode, mode, policyHash, ready },
			state: message === undefined ? "declared" : "off",
			message: message ?? null,
		};
	});
	const message = "no longer declared; unloaded once no process uses it";
	const others = retired.map((name): OnNode => ({ ...nothing, profile: name, ready, state: "retired", message }));
	return [...declared, ...others].sort((a, b) => compare(a.profile ?? "", b.profile ?? ""));
}

/** In what way a profile is not as declared; a loader's "ok" is believed where its modes agree. */
function isWrong({ ok, error, mode, declaredMode }: ReportedProfile): string | undefined {
	if (error !== null) return error;
	if (!ok) return "its loader does not say why it is not as declared";
	if (mode === (declaredMode === "disabled" ? null : declaredMode)) return undefined;
	return `the kernel has it ${mode === null ? "not at all" : `in ${mode} mode`}`;
}
