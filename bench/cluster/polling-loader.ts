import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxCluster } from "../../sandbox/cluster";

export const namespace = "apparmor";
const name = "polling-loader";
/** Chooses its pods. */
export const selector = `app=${name}`;

/** Brings the loader that polls: a ConfigMap with the policy, and a DaemonSet that mounts it. */
export async function startPollingLoader(cluster: SandboxCluster, profile: string, policy: string): Promise<void> {
	await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
	await changePolicy(cluster, profile, policy);
	await cluster.apply(daemonSet());
	await cluster.kubectl("rollout", "status", "--namespace", namespace, `daemonset/${name}`, "--timeout=240s");
}

/** What its users do for a changed policy: they apply the ConfigMap. */
export async function changePolicy(cluster: SandboxCluster, profile: string, policy: string): Promise<void> {
	const metadata = { name: "apparmor-profiles", namespace };
	await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { [profile]: policy } });
}

/**
 * As in the manifests of Kubernetes' own apparmor-loader (test/images/apparmor-loader in its repository): privileged,
 * with the node's /sys and abstractions, and the ConfigMap as a volume, which the kubelet keeps up to date.
 */
function daemonSet(): object {
	const labels = { app: name };
	const script = readFileSync(join(__dirname, "polling-loader.sh"), "utf8");
	return {
		apiVersion: "apps/v1",
		kind: "DaemonSet",
		metadata: { name, namespace },
		spec: {
			selector: { matchLabels: labels },
			template: {
				metadata: { labels },
				spec: {
					terminationGracePeriodSeconds: 1,
					containers: [
						{
							name: "loader",
							image: "sandbox/loader",
							imagePullPolicy: "Never",
							command: ["sh", "-c", script, "polling-loader", "/profiles"],
							securityContext: { privileged: true },
							volumeMounts: [
								{ name: "sys", mountPath: "/sys", readOnly: true },
								{ name: "includes", mountPath: "/etc/apparmor.d", readOnly: true },
								{ name: "profiles", mountPath: "/profiles", readOnly: true },
							],
						},
					],
					volumes: [
						{ name: "sys", hostPath: { path: "/sys" } },
						{ name: "includes", hostPath: { path: "/etc/apparmor.d" } },
						{ name: "profiles", configMap: { name: "apparmor-profiles" } },
					],
				},
			},
		},
	};
}
