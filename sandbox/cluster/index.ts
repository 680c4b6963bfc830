export { type ClusterOptions, findCluster, SandboxCluster, startCluster } from "./cluster";
export { ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane";
