import type { Api } from "./api";
import { isNotFound, NoSuchKind } from "./errors";
import { isBuiltIn, isNamespacedBuiltIn, type Kind } from "./kinds";
import { at, type KubeObject, listAt } from "./object";

export interface Resource {
	/** The URL path of the API version, e.g. `/apis/apps/v1`. */
	root: string;
	/** The kind's name in URLs, e.g. `daemonsets`. */
	plural: string;
	namespaced: boolean;
}

/** Which kinds the API server has, asked once for each API version. */
export class Discovery {
	private readonly versions = new Map<string, Promise<KubeObject[]>>();

	constructor(private readonly api: Api) {}

	/** Throws NoSuchKind where the API server has none of this kind. */
	async find({ apiVersion, kind }: Kind): Promise<Resource> {
		const listed = await this.resources(apiVersion);
		const found = listed.find((resource) => resource.kind === kind && !String(resource.name).includes("/"));
		if (!found) throw new NoSuchKind(`no matches for kind "${kind}" in version "${apiVersion}"`);
		return { root: rootOf(apiVersion), plural: String(found.name), namespaced: found.namespaced === true };
	}

	async exists(kind: Kind): Promise<boolean> {
		return this.find(kind).then(
			() => true,
			() => false,
		);
	}

	/** Whether objects of the kind live in a namespace; a kind that nobody knows yet is taken to. */
	async isNamespaced(kind: Kind): Promise<boolean> {
		if (isBuiltIn(kind)) return isNamespacedBuiltIn(kind);
		return this.find(kind).then(
			({ namespaced }) => namespaced,
			() => true,
		);
	}

	/** After a change of the CustomResourceDefinitions. */
	forget(): void {
		this.versions.clear();
	}

	private resources(apiVersion: string): Promise<KubeObject[]> {
		let listed = this.versions.get(apiVersion);
		if (!listed) {
			listed = this.api.request({ method: "GET", path: rootOf(apiVersion) }).then(
				(list) => listAt(list, "resources"),
				(error) => {
					// What failed, or is not there yet, is asked for again.
					this.versions.delete(apiVersion);
					if (isNotFound(error)) return [];
					throw error;
				},
			);
			this.versions.set(apiVersion, listed);
		}
		return listed;
	}
}

const rootOf = (apiVersion: string) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

/** The URL path of the objects of a kind, in a namespace where it has them. */
export function collectionPath({ root, plural, namespaced }: Resource, namespace: string): string {
	return namespaced
		? `${root}/namespaces/${encodeURIComponent(namespace || "default")}/${plural}`
		: `${root}/${plural}`;
}

/** The server's version, e.g. `v1.35.4`. */
export const serverVersion = async (api: Api, timeoutMs: number) =>
	String(at(await api.request({ method: "GET", path: "/version", timeoutMs }), "gitVersion"));
