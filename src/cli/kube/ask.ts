import { type Answer, type Answers, type StatusRow, statusRows } from "../../cluster/status";
import { type FoundDistribution, type FoundLoader, findDistributions } from "../../cluster/status-loaders";
import { loaderName, statusContainer, statusFile } from "../../cluster/status-place";
import { parseReport, ReportError } from "../../cluster/status-report";
import { UserError } from "../exit";
import { lastWords, listingProblem, missingRights } from "./errors";
import { type ClusterChoice, kubectl } from "./kubectl";

/** What is asked for. */
export interface Question extends ClusterChoice {
	/** Only the loaders of this namespace; of all without. */
	namespace?: string;
	/** Only the distribution of this name. */
	distribution?: string;
}

export interface AskOptions {
	signal?: AbortSignal;
	/** Called when one more loader has been asked. */
	progress?(asked: number, of: number): void;
}

// A login may need a person, in a browser.
const listTimeoutMs = 120_000;
const askTimeoutMs = 30_000;

/** How many loaders are asked at once: each is a process here and a connection of the API server's to a node. */
const atOnce = 8;

/**
 * Asks every loader what it has found on its node.
 *
 * @throws UserError where the cluster cannot be asked, or has no such distribution.
 */
export async function askCluster(question: Question, options: AskOptions = {}): Promise<StatusRow[]> {
	const distributions = chosen(await listDistributions(question, options), question);
	const running = distributions.flatMap(({ namespace, loaders }) =>
		loaders.filter((loader) => loader.running && !loader.deleted).map((loader) => ({ namespace, loader })),
	);
	const answers = new Map<FoundLoader, Answer>();
	const queue = running.values();
	const worker = async () => {
		for (const { namespace, loader } of queue) {
			answers.set(loader, await askLoader(question, namespace, loader.pod, options));
			options.progress?.(answers.size, running.length);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return statusRows(distributions, answers as Answers);
}

async function listDistributions(question: Question, { signal }: AskOptions): Promise<FoundDistribution[]> {
	const where = question.namespace === undefined ? ["--all-namespaces"] : ["--namespace", question.namespace];
	const selector = ["--selector", `app.kubernetes.io/name=${loaderName}`];
	const args = ["get", "daemonsets.apps,pods", ...where, ...selector, "--output", "json", "--request-timeout", "60s"];
	const how = { timeoutMs: listTimeoutMs, mayAsk: true as const, ...(signal ? { signal } : {}) };
	const { code, stdout, stderr } = await kubectl(question, args, how);
	signal?.throwIfAborted();
	if (code === undefined)
		throw new UserError(`the cluster did not answer within ${listTimeoutMs / 1000} s, and kubectl was stopped`);
	if (code !== 0) throw new UserError(listingProblem(stderr, question.namespace === undefined));
	try {
		return findDistributions(JSON.parse(stdout).items);
	} catch (error) {
		throw new UserError(`kubectl's list of the loaders cannot be read: ${(error as Error).message}`);
	}
}

function chosen(found: FoundDistribution[], { namespace, distribution }: Question): FoundDistribution[] {
	const wanted = found.filter(({ name }) => distribution === undefined || name === distribution);
	if (wanted.length > 0) return wanted;
	const where = namespace === undefined ? "the cluster" : `the namespace ${namespace}`;
	if (found.length === 0)
		throw new UserError(
			`no distribution is found in ${where}: no DaemonSet is labelled app.kubernetes.io/name=${loaderName}; is this the cluster that you mean? --context and --kubeconfig choose another`,
		);
	const names = [...new Set(found.map(({ name }) => name))].join(", ");
	throw new UserError(`no distribution "${distribution}" is found in ${where}; there are ${names}`);
}

async function askLoader(choice: ClusterChoice, namespace: string, pod: string, options: AskOptions): Promise<Answer> {
	const { signal } = options;
	const args = ["exec", "--namespace", namespace, pod, "--container", statusContainer, "--", "cat", statusFile];
	const how = { timeoutMs: askTimeoutMs, ...(signal ? { signal } : {}) };
	const { code, stdout, stderr } = await kubectl(choice, args, how);
	signal?.throwIfAborted();
	const problem = (words: string): Answer => ({ problem: `its loader ${pod} ${words}` });
	if (code === undefined) return problem(`did not answer within ${askTimeoutMs / 1000} s`);
	if (code === 0) return readAnswer(stdout, problem);
	const rights = missingRights(stderr);
	// It would be so for all of them.
	if (rights.length > 0) throw new UserError(rights.map((right) => `this login has no right to ${right}`).join("\n"));
	if (stderr.includes(statusFile) && stderr.includes("No such file"))
		return problem("has not finished its first look yet");
	return problem(`cannot be asked: ${lastWords(stderr)}`);
}

function readAnswer(text: string, problem: (words: string) => Answer): Answer {
	try {
		return { report: parseReport(text) };
	} catch (error) {
		if (!(error instanceof ReportError)) throw error;
		return problem(`says what cannot be understood (is this command of its version?): ${error.message}`);
	}
}
