/** The addresses of a sandbox cluster. They are inside of its guests, so clusters side by side may have the same. */
export const network = {
	/** The machine's loopback, as QEMU's user network shows it to every guest. */
	machine: "10.0.2.2",
	/** Every node's own address in QEMU's user network, behind which no other node can reach it. */
	node: "10.0.2.15",
	/** QEMU's name server, which asks the machine's. A cluster has none of its own. */
	nameServer: "10.0.2.3",
	services: "10.96.0.0/16",
	/** The first of the services' addresses: the API server's own service, "kubernetes". */
	apiService: "10.96.0.1",
};

/** More are not asked of one machine. */
export const mostNodes = 99;

export function nodeName(cluster: string, number: number): string {
	return `${cluster}-node${number}`;
}

/** The pods' addresses on a node; its bridge has the first. */
export function podSubnet(number: number): string {
	return `10.244.${number}.0/24`;
}

/**
 * The API server's own /etc/hosts, by which it finds the kubelets: each has a port of its own on the machine's
 * loopback, and its node says which.
 */
export function apiServerHosts(cluster: string): string {
	const nodes = Array.from({ length: mostNodes }, (_, index) => `127.0.0.1 ${nodeName(cluster, index + 1)}`);
	return `${["127.0.0.1 localhost", ...nodes].join("\n")}\n`;
}
