import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as apparmor from "../../../../src/index";

const config = new pulumi.Config();
const provider = new k8s.Provider("cluster", { kubeconfig: readFileSync(config.require("kubeconfig"), "utf8") });

// The images of the sandbox's nodes come from no registry.
const image = { imagePullPolicy: "Never" };

const profiles = new apparmor.ClusterProfileDistribution(
	"profiles",
	{
		profiles: [
			{
				name: "myapp",
				template: join(__dirname, "profiles", "myapp.hbs"),
				mode: config.require<apparmor.Mode>("mode"),
			},
		],
		image: "sandbox/busybox",
		...image,
	},
	{ provider },
);

const labels = { app: "myapp" };
new k8s.apps.v1.DaemonSet(
	"myapp",
	{
		metadata: { name: "myapp" },
		spec: {
			selector: { matchLabels: labels },
			template: {
				metadata: { labels },
				spec: profiles.confine("myapp", {
					terminationGracePeriodSeconds: 1,
					containers: [{ name: "myapp", image: "sandbox/myapp", ...image }],
				}),
			},
		},
	},
	{ provider },
);
