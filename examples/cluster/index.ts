import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "pulumi-apparmor";

const config = new pulumi.Config();

const cluster = new apparmor.ClusterProfileDistribution("profiles", {
	profiles: [
		{
			name: "shop-web",
			template: "container",
			values: { writePaths: ["/tmp"], networkFamilies: ["inet", "inet6"] },
			mode: config.require<apparmor.Mode>("mode"),
		},
	],
	guardRails: { localhostProfilePrefix: "shop-", action: apparmor.GuardRailAction.Warn },
});

const labels = { app: "shop-web" };
const web = new k8s.apps.v1.Deployment("shop-web", {
	spec: {
		replicas: 2,
		selector: { matchLabels: labels },
		template: {
			metadata: { labels },
			spec: cluster.confine("shop-web", {
				containers: [
					{
						name: "web",
						image: "busybox:1.37.0",
						command: ["httpd", "-f", "-p", "8080", "-h", "/tmp"],
						securityContext: { runAsNonRoot: true, runAsUser: 65534, allowPrivilegeEscalation: false },
					},
				],
			}),
		},
	},
});

export const deployment = web.metadata.name;
export const policyHashes = cluster.policyHashes;
