/** What the sandbox's clusters run; kubernetes/go.mod pins its sources. (1.35 is the last that accepts containerd 1.x.) */
export const kubernetesVersion = "1.35.4";

/** The Debian release of the nodes, and of every program and image that Kubernetes itself does not bring. */
export const debian = "trixie";
