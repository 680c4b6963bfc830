import { Api } from "./api";
import { clusterOf, type Settings, settingsOf, type Variables } from "./configuration";
import { Discovery, serverVersion } from "./discovery";

/** How long a plugin tries to reach its cluster before it says that it cannot. */
const reachMs = 15_000;

export interface Cluster {
	settings: Settings;
	api: Api;
	discovery: Discovery;
	/** Why the cluster cannot be reached; empty where it can. */
	unreachable: string;
}

/** The cluster that a provider's configuration names. One that cannot be reached is an error only when it is needed. */
export async function connect(variables: Variables): Promise<Cluster> {
	let target: ReturnType<typeof clusterOf>;
	try {
		target = clusterOf(variables);
	} catch (error) {
		return {
			...disconnected(variables),
			unreachable: `unable to load Kubernetes client configuration from kubeconfig file: ${(error as Error).message}`,
		};
	}
	const api = new Api(target.config);
	const cluster = {
		settings: settingsOf(variables, target.namespace),
		api,
		discovery: new Discovery(api),
		unreachable: "",
	};
	try {
		await serverVersion(api, reachMs);
		return cluster;
	} catch (error) {
		const message = (error as Error).message || (error as NodeJS.ErrnoException).code;
		return { ...cluster, unreachable: `unable to load schema information from the API server: ${message}` };
	}
}

function disconnected(variables: Variables): Omit<Cluster, "unreachable"> {
	const api = new Api({ getCurrentCluster: () => null } as ConstructorParameters<typeof Api>[0]);
	return { settings: settingsOf(variables, variables("namespace") ?? "default"), api, discovery: new Discovery(api) };
}
