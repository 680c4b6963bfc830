import * as k8s from "@pulumi/kubernetes";
import * as apparmor from "pulumi-apparmor";

const canary = { key: "pool", values: ["canary"] };
const web = { name: "shop-web", template: "./profiles/shop-web.hbs" };

// The nodes of the pool "canary" try the next policy: nothing is blocked there, and what would be is logged.
const onCanary = new apparmor.ClusterProfileDistribution("canary", {
	nodeExpressions: [{ ...canary, operator: "In" }],
	profiles: [{ ...web, values: { contentDir: "/srv", uploadDir: "/uploads" }, mode: apparmor.Mode.Complain }],
});

// All others enforce the policy that is proven.
const onRest = new apparmor.ClusterProfileDistribution("rest", {
	nodeExpressions: [{ ...canary, operator: "NotIn" }],
	profiles: [{ ...web, values: { contentDir: "/srv" }, mode: apparmor.Mode.Enforce }],
	rollout: { maxUnavailable: "25%" },
});

const labels = { app: "shop-web" };
new k8s.apps.v1.DaemonSet(
	"shop-web",
	{
		spec: {
			selector: { matchLabels: labels },
			template: {
				metadata: { labels },
				spec: onRest.confine("shop-web", {
					containers: [{ name: "web", image: "busybox:1.37.0", command: ["httpd", "-f", "-p", "8080", "-h", "/srv"] }],
				}),
			},
		},
	},
	// It names one profile that two distributions load: it has to wait for both.
	{ dependsOn: [onCanary] },
);

export const policyHashes = { canary: onCanary.policyHashes, rest: onRest.policyHashes };
