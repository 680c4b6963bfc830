import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as apparmor from "../../../src/index";
import type { Wanted } from "../wanted";

const file = process.env.CLUSTER_WANTED;
if (!file) throw new Error("CLUSTER_WANTED must name the file that the bench writes");
const { kubeconfig, ...args } = JSON.parse(readFileSync(file, "utf8")) as Wanted;
const provider = new kubernetes.Provider("cluster", { kubeconfig });

new apparmor.ClusterProfileDistribution("profiles", args, { provider });
