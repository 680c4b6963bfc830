/** An object as the API server gives it out. */
export interface LiveObject {
	kind: string;
	metadata: object;
	data?: Record<string, string>;
	binaryData?: Record<string, string>;
}

/** What a distribution takes in the API server. */
export interface Size {
	objects: number;
	configMaps: number;
	/** What the ConfigMaps hold, decoded: what etcd keeps, and each kubelet fetches. */
	content: number;
	/** Of it, the agent, which is there once. */
	agent: number;
	/** The biggest ConfigMap's content; the API server takes 1 MiB. */
	biggest: number;
}

/** Measures the objects of a distribution; its pods do not count. */
export function sizeOf(objects: readonly LiveObject[]): Size {
	const configMaps = objects.filter(({ kind }) => kind === "ConfigMap");
	const contents = configMaps.map(contentOf);
	const agent = configMaps.filter(({ data }) => data?.["apparmor-agent.sh"] !== undefined).map(contentOf);
	return {
		objects: objects.length,
		configMaps: configMaps.length,
		content: sum(contents),
		agent: sum(agent),
		biggest: Math.max(0, ...contents),
	};
}

function contentOf({ data = {}, binaryData = {} }: LiveObject): number {
	const texts = Object.values(data).map((text) => Buffer.byteLength(text));
	return sum([...texts, ...Object.values(binaryData).map((base64) => Buffer.from(base64, "base64").length)]);
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
