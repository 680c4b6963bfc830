import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";
import { type Bag, equal, isUnknown, plain, type Value } from "../values";
import type { Mutability } from "./replacements";

/** What a provider's configuration says, in words of its own. */
export interface Settings extends Mutability {
	serverSideApply: boolean;
	/** Creating what is already there changes it, instead of failing. */
	upsert: boolean;
	/** Takes fields that someone else manages. */
	force: boolean;
	deleteUnreachable: boolean;
	skipUpdateUnreachable: boolean;
	/** For objects whose program names none. */
	namespace: string;
}

export type Variables = (name: string) => string | undefined;

/** A setting's own value, else that of the environment variable, else the default. */
function flag(variables: Variables, name: string, environment: string, otherwise = false): boolean {
	const told = variables(name) ?? process.env[environment];
	return told === undefined || told === "" ? otherwise : told === "true";
}

export function settingsOf(variables: Variables, namespace: string): Settings {
	return {
		serverSideApply: flag(variables, "enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
		upsert: flag(variables, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
		force: flag(variables, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
		deleteUnreachable: flag(variables, "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
		skipUpdateUnreachable: flag(variables, "skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
		mutableConfigMaps: flag(variables, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
		mutableSecrets: flag(variables, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
		namespace,
	};
}

const noKubeconfig =
	"invalid configuration: no configuration has been provided, try setting KUBECONFIG or the provider's kubeconfig";

/** Reads a kubeconfig, given as its path or its content; without one, that of the environment. */
export function loadKubeconfig(pathOrContent: string | undefined): KubeConfig {
	const config = new KubeConfig();
	if (!pathOrContent) {
		config.loadFromDefault();
		// What the library makes up where there is none.
		if (config.getCurrentCluster()?.server === "http://localhost:8080") throw new Error(noKubeconfig);
		return config;
	}
	const path = pathOrContent.replace(/^~(?=\/|$)/, homedir());
	// A content may be longer than a path can be, which makes the check itself fail.
	if (path.length < 4096 && !path.includes("\n") && existsSync(path)) config.loadFromFile(path);
	else config.loadFromString(pathOrContent);
	return config;
}

/** The kubeconfig with the provider's overrides, and the namespace that holds by default. */
export function clusterOf(variables: Variables): { config: KubeConfig; namespace: string } {
	const config = loadKubeconfig(variables("kubeconfig"));
	const context = variables("context");
	if (context) {
		if (!config.getContextObject(context)) throw new Error(`context "${context}" does not exist`);
		config.setCurrentContext(context);
	}
	const cluster = variables("cluster");
	const current = config.getContextObject(config.getCurrentContext());
	if (cluster && current) {
		config.contexts = config.contexts.map((each) => (each === current ? { ...each, cluster } : each));
	}
	if (!config.getCurrentCluster()) {
		throw new Error(noKubeconfig);
	}
	return { config, namespace: variables("namespace") || current?.namespace || "default" };
}

/** What a provider's arguments ask for that this plugin does not do. */
export function configFailures(news: Bag): { property: string; reason: string }[] {
	return news.renderYamlToDirectory
		? [
				{
					property: "renderYamlToDirectory",
					reason:
						"this stand-in for pulumi-resource-kubernetes does not write YAML files; it needs the official plugin",
				},
			]
		: [];
}

/**
 * Which properties of a provider changed, and which of these mean another cluster, so that all its resources are made
 * anew: the address behind the kubeconfig's current context, unless `clusterIdentifier` says what the cluster is.
 */
export function diffConfig(olds: Bag, news: Bag): { diffs: string[]; replaces: string[] } {
	const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
	const diffs = keys.filter((key) => !equal(plainOf(olds[key]), plainOf(news[key])));
	if (diffs.length === 0) return { diffs, replaces: [] };
	const identity = "clusterIdentifier";
	if (news[identity] && equal(plainOf(olds[identity]), plainOf(news[identity]))) return { diffs, replaces: [] };
	const named = ["kubeconfig", "context", "cluster"];
	const unknown = named.filter((key) => isUnknown(plainOf(news[key])));
	if (unknown.length > 0) return { diffs: unknown.slice(0, 1), replaces: unknown.slice(0, 1) };
	const replaces = olds[identity] && news[identity] && diffs.includes(identity) ? [identity] : [];
	const [before, after] = [activeCluster(olds), activeCluster(news)];
	if (before && after && before !== after) replaces.push(...named.filter((key) => diffs.includes(key)));
	return { diffs, replaces };
}

const plainOf = (value: Value | undefined) => (value === undefined ? undefined : plain(value));

/** The active cluster's settings as text; nothing where the configuration names none. */
function activeCluster(config: Bag): string | undefined {
	const variables: Variables = (name) => {
		const value = plainOf(config[name]);
		return typeof value === "string" ? value : undefined;
	};
	const kubeconfig = variables("kubeconfig");
	if (!kubeconfig) return undefined;
	try {
		return JSON.stringify(clusterOf(variables).config.getCurrentCluster());
	} catch {
		return undefined;
	}
}
