/** The part of `pulumi stack export` that is looked at here. */
export interface ExportedState {
	deployment: { resources?: ExportedResource[] };
}
interface ExportedResource {
	urn: string;
	type: string;
	inputs?: { stdin?: unknown };
}

/** What a stack's state takes, in bytes. */
export interface StateSize {
	/** The file that the stack is kept in. */
	file: number;
	/** Profiles times hosts. */
	pairs: number;
	/** The policy as it is sent, on average. */
	policyText: number;
	/** All of the file but one copy of each policy that is sent, a profile and host. */
	besidePolicy: number;
	/** What one profile on one host takes by itself, without its host's and its profile's own records. */
	pair: number;
	/** What one host takes by itself: the agent's record and the component's. */
	host: number;
}

/** Measures a state of AppArmorHosts and AppArmorProfiles; `file` is the size of the file that it is kept in. */
export function stateSize(state: ExportedState, file: number): StateSize {
	const resources = state.deployment.resources ?? [];
	const commands = resources.filter(({ type }) => type === "command:remote:Command");
	const agents = commands.filter(({ urn }) => nameOf(urn).startsWith("agent@"));
	const pairs = commands.filter((command) => !agents.includes(command));
	if (pairs.length === 0) throw new Error("the state has no profile on any host");
	const hosts = resources.filter(({ type }) => type === "pulumi-apparmor:index:AppArmorHost");
	const policies = pairs.map(({ inputs }) => Buffer.byteLength(String(inputs?.stdin ?? "")));
	const policyText = sum(policies) / pairs.length;
	return {
		file,
		pairs: pairs.length,
		policyText,
		besidePolicy: file / pairs.length - policyText,
		pair: sum(pairs.map(bytes)) / pairs.length,
		host: sum([...agents, ...hosts].map(bytes)) / Math.max(1, agents.length),
	};
}

const nameOf = (urn: string) => urn.split("::").at(-1) as string;
/** As the file has it: without white space. */
const bytes = (resource: ExportedResource) => Buffer.byteLength(JSON.stringify(resource));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
