/** What kubectl says of a right that is missing. */
const forbidden =
	/cannot ([a-z]+) resource "([^"\n]{1,200})" in API group "([^"\n]{0,200})"(?: in the namespace "([^"\n]{1,200})")?/;

const unreachable = [
	/^Unable to connect to the server/,
	/^The connection to the server .* was refused/,
	/: (?:dial tcp|net\/http: TLS handshake timeout|context deadline exceeded)/,
	/(?:Client\.Timeout|i\/o timeout|no such host)/,
];

const unknown = [/^You must be logged in to the server/, /\(Unauthorized\)/, /getting credentials/];

/** Which rights kubectl says are missing: "list daemonsets.apps in all namespaces". */
export function missingRights(stderr: string): string[] {
	const found = linesOf(stderr).flatMap((line) => {
		const [, verb, resource, group, namespace] = forbidden.exec(line) ?? [];
		if (verb === undefined) return [];
		const where = namespace === undefined ? "in all namespaces" : `in the namespace ${namespace}`;
		return [`${verb} ${resource}${group ? `.${group}` : ""} ${where}`];
	});
	return [...new Set(found)];
}

/** What a person should know of a kubectl that could not list the loaders, a problem a line. */
export function listingProblem(stderr: string, everywhere: boolean): string {
	const rights = missingRights(stderr);
	if (rights.length > 0) {
		const advice = everywhere ? "; where you may do so in one namespace only, name it with --namespace" : "";
		return rights.map((right) => `this login has no right to ${right}${advice}`).join("\n");
	}
	const words = lastWords(stderr);
	if (unknown.some((pattern) => pattern.test(words)))
		return `the cluster does not accept this login: ${words}\nlog in again, or choose another with --context or --kubeconfig`;
	if (unreachable.some((pattern) => pattern.test(words)))
		return `the cluster cannot be reached: ${words}\nis it up, and is this the right one? --context and --kubeconfig choose another`;
	return `kubectl cannot list the loaders: ${words}`;
}

/** Kubectl's own log, and the end of a command whose words stand before it. */
const aside = /^(?:[EIW]\d{4} |command terminated with exit code)/;

/** What kubectl says last: before it are warnings, and its own log. */
export function lastWords(stderr: string): string {
	const lines = linesOf(stderr);
	const last = lines.findLast((line) => !aside.test(line)) ?? lines.at(-1);
	return last?.replace(/^(?:error|Error from server(?: \(\w+\))?): /, "") ?? "it does not say why";
}

const linesOf = (text: string) =>
	text
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "");
