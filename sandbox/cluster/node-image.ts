import { join } from "node:path";
import { bootedImage } from "../booted";
import { type Image, sandboxImage } from "../image";
import { clusterBinaries } from "./binaries";
import { containerImageArchive } from "./container-images";
import { debian } from "./versions";

/** The image that a cluster's nodes start from: a plain host with containerd, a kubelet and the container images. */
export async function nodeImage(): Promise<Image> {
	const [{ kubelet }, images] = [await clusterBinaries(), await containerImageArchive()];
	const image = await sandboxImage(debian, {
		purpose: "for the nodes of a cluster",
		packages: ["containerd", "containernetworking-plugins", "iptables", "runc"],
		customization: join(__dirname, "node-image"),
		inputs: [kubelet, images],
	});
	return bootedImage(image, "Image for nodes");
}
