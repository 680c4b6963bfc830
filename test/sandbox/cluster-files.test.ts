import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packImages } from "../../sandbox/cluster/container-image";
import { kubeconfig, writePrivate } from "../../sandbox/cluster/kubeconfig";
import { apiServerHosts, nodeName, podSubnet } from "../../sandbox/cluster/network";
import { nodeFiles } from "../../sandbox/cluster/node-files";
import { CertificateAuthority } from "../../sandbox/cluster/pki";
import { imageKey } from "../../sandbox/image";

const work = mkdtempSync(join(tmpdir(), "sandbox-cluster-files-"));
afterAll(() => rmSync(work, { recursive: true }));

const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8" });

describe("CertificateAuthority", () => {
	const folder = join(work, "keys");

	it("issues certificates that its own certificate proves, for a client and a server of these names", async () => {
		const authority = await CertificateAuthority.create(folder);
		const names = ["DNS:node1", "IP:10.0.2.15"];
		const pair = await authority.issue("node", {
			commonName: "system:node:node1",
			organization: "system:nodes",
			names,
		});
		expect(pair).toEqual(authority.issued("node"));
		for (const purpose of ["sslclient", "sslserver"])
			expect(openssl("verify", "-purpose", purpose, "-CAfile", authority.pair.cert, pair.cert)).toContain(": OK");
		expect(openssl("x509", "-in", pair.cert, "-noout", "-subject", "-nameopt", "RFC2253").trim()).toBe(
			"subject=CN=system:node:node1,O=system:nodes",
		);
		const text = openssl("x509", "-in", pair.cert, "-noout", "-ext", "subjectAltName,basicConstraints");
		expect(text).toContain("DNS:node1, IP Address:10.0.2.15");
		expect(text).toContain("CA:FALSE");
	});

	it("does not prove another authority's certificate", async () => {
		const other = await CertificateAuthority.create(join(work, "other"));
		const pair = await other.issue("node", { commonName: "node" });
		expect(() => openssl("verify", "-CAfile", CertificateAuthority.in(folder).pair.cert, pair.cert)).toThrow(
			/verification failed/,
		);
	});

	it("lets nobody else read its keys", () => {
		expect(statSync(folder).mode & 0o077).toBe(0);
	});
});

it("puts everything that a client needs into a kubeconfig that only its user can read", () => {
	for (const file of ["ca", "cert", "key"]) writeFileSync(join(work, file), `the ${file}`);
	const text = kubeconfig("c", "https://127.0.0.1:1", join(work, "ca"), "me", {
		cert: join(work, "cert"),
		key: join(work, "key"),
	});
	const read = parse(text);
	const decoded = (data: string) => Buffer.from(data, "base64").toString();
	expect(read["current-context"]).toBe("c");
	expect(read.contexts).toEqual([{ name: "c", context: { cluster: "c", user: "me" } }]);
	expect(read.clusters[0].cluster.server).toBe("https://127.0.0.1:1");
	expect(decoded(read.clusters[0].cluster["certificate-authority-data"])).toBe("the ca");
	expect(decoded(read.users[0].user["client-certificate-data"])).toBe("the cert");
	expect(decoded(read.users[0].user["client-key-data"])).toBe("the key");
	const file = writePrivate(join(work, "kubeconfig"), text);
	expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("gives every node a name on loopback and a pod subnet of its own", () => {
	const lines = apiServerHosts("c").trim().split("\n");
	expect(lines).toHaveLength(100);
	expect(lines.slice(0, 2)).toEqual(["127.0.0.1 localhost", "127.0.0.1 c-node1"]);
	expect(lines).toContain(`127.0.0.1 ${nodeName("c", 99)}`);
	expect([podSubnet(1), podSubnet(99)]).toEqual(["10.244.1.0/24", "10.244.99.0/24"]);
});

describe("nodeFiles", () => {
	const files = nodeFiles({
		name: "c-node2",
		number: 2,
		apiServerPort: 20001,
		kubeletPort: 20002,
		authority: "AUTHORITY",
		cert: "CERT",
		key: "KEY",
		kubeconfig: "KUBECONFIG",
	});
	const file = (path: string) => {
		const found = files.find((candidate) => candidate.path === path);
		if (!found) throw new Error(`no ${path}`);
		return found;
	};

	it("keeps the kubelet's secrets to root", () => {
		expect(files.filter(({ text }) => /^KEY$|^KUBECONFIG$/.test(text)).map(({ mode }) => mode)).toEqual([0o600, 0o600]);
	});

	it("has a kubelet that lets in only whom the API server allows", () => {
		const kubelet = parse(file("/etc/kubernetes/kubelet.yaml").text);
		expect(kubelet.port).toBe(20002);
		expect(kubelet.authentication.anonymous).toEqual({ enabled: false });
		expect(kubelet.authorization).toEqual({ mode: "Webhook" });
		for (const named of [kubelet.authentication.x509.clientCAFile, kubelet.tlsCertFile, kubelet.tlsPrivateKeyFile])
			expect(files.map(({ path }) => path)).toContain(named);
	});

	it("leads the API server's service to the machine's loopback, and pods to the node's own subnet", () => {
		const environment = file("/etc/kubernetes/kubelet.env").text.split("\n");
		expect(environment.slice(0, 2)).toEqual(["API_SERVICE=10.96.0.1:443", "API_SERVER=10.0.2.2:20001"]);
		const pods = JSON.parse(file("/etc/cni/net.d/10-sandbox.conflist").text);
		expect(pods.plugins[0].ipam.ranges).toEqual([[{ subnet: "10.244.2.0/24" }]]);
	});
});

describe("packImages", () => {
	const tree = join(work, "tree");
	const pack = async (name: string) => {
		const parts = join(work, `${name}-parts`);
		mkdirSync(parts);
		await packImages([{ reference: "sandbox/x:latest", tree, command: ["sh"] }], join(work, name), parts);
		return readFileSync(join(work, name));
	};

	it("makes the same bytes of the same files, whenever they were written", async () => {
		mkdirSync(join(tree, "bin"), { recursive: true });
		writeFileSync(join(tree, "bin", "sh"), "#!");
		const first = await pack("first.tar");
		utimesSync(join(tree, "bin", "sh"), 1, 1);
		expect((await pack("second.tar")).equals(first)).toBe(true);
		writeFileSync(join(tree, "bin", "sh"), "#?");
		expect((await pack("third.tar")).equals(first)).toBe(false);
	});

	it("says of each image its name, its command and its layer's digest", async () => {
		const opened = join(work, "opened");
		mkdirSync(opened);
		execFileSync("tar", ["-C", opened, "-xf", join(work, "first.tar")]);
		const [entry] = JSON.parse(readFileSync(join(opened, "manifest.json"), "utf8"));
		expect(entry.RepoTags).toEqual(["sandbox/x:latest"]);
		const config = JSON.parse(readFileSync(join(opened, entry.Config), "utf8"));
		expect(config.config.Cmd).toEqual(["sh"]);
		const digest = execFileSync("sha256sum", [join(opened, entry.Layers[0])], { encoding: "utf8" }).slice(0, 64);
		expect(config.rootfs.diff_ids).toEqual([`sha256:${digest}`]);
		const members = execFileSync("tar", ["-tvf", join(opened, entry.Layers[0]), "--numeric-owner"], {
			encoding: "utf8",
		});
		expect(members).toMatch(/^-\S+ 0\/0 +2 1970-01-01 00:00 \.\/bin\/sh$/m);
	});
});

it("gives an image with other packages or other inputs another folder", () => {
	const customization = join(work, "customization");
	mkdirSync(customization);
	const variant = { purpose: "for a test", packages: ["hello"], customization, inputs: ["a/1"] };
	const keys = [
		imageKey("trixie"),
		imageKey("trixie", variant),
		imageKey("trixie", { ...variant, packages: ["world"] }),
		imageKey("trixie", { ...variant, inputs: ["a/2"] }),
	];
	writeFileSync(join(customization, "customize.sh"), "");
	keys.push(imageKey("trixie", variant));
	expect(new Set(keys).size).toBe(5);
});
