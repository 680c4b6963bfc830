import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { errorsOf } from "./errors-of";
import type { WantedObject } from "./programs/objects";
import { ObjectStack, operations } from "./standins-kubernetes";
import { everyKind, object } from "./standins-kubernetes-kinds";

let plane: ControlPlane;
let stack: ObjectStack;

beforeAll(async () => {
	plane = await startControlPlane();
});
afterAll(() => plane?.stop());
beforeEach(async () => {
	stack = await ObjectStack.make({ kubeconfig: plane.kubeconfigText });
});
afterEach(async () => {
	await stack.destroy({ env: { PULUMI_K8S_DELETE_UNREACHABLE: "true" } });
	stack.remove();
});

const kubectlJson = async (...args: string[]) => JSON.parse(await plane.kubectl("get", ...args, "-o", "json"));

describe("every kind", () => {
	it("is previewed, made, found unchanged, refreshed without a difference, and removed", async () => {
		const count = everyKind.length;
		expect((await stack.preview(everyKind)).summary.create).toBe(count + 2);
		expect(operations(await stack.up(everyKind)).sort()).toEqual(everyKind.map(({ name }) => `create ${name}`).sort());
		const same = everyKind.map(({ name }) => `same ${name}`).sort();
		expect(operations(await stack.up(everyKind)).sort()).toEqual(same);
		await stack.refresh();
		expect(operations(await stack.up(everyKind)).sort()).toEqual(same);

		const ids = await Promise.all(everyKind.map(async ({ name }) => (await stack.stored(name)).id));
		expect(ids.slice(0, 3)).toEqual(["all", "all/all", "all/all"]);
		expect(ids.at(-1)).toBe("one");
		expect((await kubectlJson("daemonset", "all", "-n", "all")).spec.template.spec.volumes).toHaveLength(3);
		expect((await kubectlJson("widget", "one")).spec).toEqual({ flag: false, list: [], text: "" });

		await stack.destroy();
		expect((await kubectlJson("crd")).items).toEqual([]);
		expect(
			(await kubectlJson("ns")).items.map((item: { metadata: { name: string } }) => item.metadata.name),
		).not.toContain("all");
	});

	it("is refused, in words, where it is beyond this plugin or the cluster", async () => {
		const refused: [WantedObject, string][] = [
			[
				object("x", "helm.v3.Release", { chart: "x" }),
				"kubernetes:helm.sh/v3:Release is not among the resources that this stand-in",
			],
			[object("x", "core.v1.ConfigMapPatch", { metadata: { name: "x" } }), "does not manage Patch resources"],
			[object("x", "core.v1.ConfigMapList", { items: [] }), "list resources exist for compatibility"],
			[
				object("x", "core.v1.ConfigMap", { metadata: { generateName: "x-" } }),
				"`.metadata.generateName` field is not supported",
			],
		];
		for (const [wanted, words] of refused) expect(errorsOf(await stack.upError([wanted]), "x")).toContain(words);
	});
});

describe("secrets", () => {
	it("reach the cluster, and are never readable in the state nor in what is printed", async () => {
		const objects = [
			object("secret", "core.v1.Secret", {
				stringData: { password: "hunter2-string" },
				data: { more: "aHVudGVyMi1kYXRh" },
			}),
			object(
				"map",
				"core.v1.ConfigMap",
				{ data: { open: "seen", hidden: "hunter2-map" } },
				{ secrets: ["data.hidden"] },
			),
		];
		const created = await stack.up(objects);
		const { secret, map } = (await stack.outputs()).names as Record<string, string>;
		expect((await kubectlJson("secret", secret as string)).data).toEqual({
			password: Buffer.from("hunter2-string").toString("base64"),
			more: "aHVudGVyMi1kYXRh",
		});
		expect((await kubectlJson("configmap", map as string)).data).toEqual({ open: "seen", hidden: "hunter2-map" });
		const again = await stack.up(objects);
		expect(operations(again).sort()).toEqual(["same map", "same secret"]);
		await stack.refresh();
		const said = [created, again].map(({ stdout, stderr, steps }) => stdout + stderr + JSON.stringify(steps)).join("");
		const stored = JSON.stringify([await stack.stored("secret"), await stack.stored("map")]);
		for (const hidden of ["hunter2", Buffer.from("hunter2-string").toString("base64"), "aHVudGVyMi1kYXRh"]) {
			expect([stored.includes(hidden), said.includes(hidden)]).toEqual([false, false]);
		}
		expect(stored).toContain("seen");
	});
});

describe("the provider", () => {
	const map = (more: Partial<WantedObject> = {}) => object("map", "core.v1.ConfigMap", { data: { key: "one" } }, more);

	it("takes a kubeconfig by its path, of a context other than the current, and a namespace of its own", async () => {
		const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-kubeconfig-"));
		try {
			const config = parse(plane.kubeconfigText);
			const [context] = config.contexts;
			config.contexts = [
				{ name: "wrong", context: { ...context.context, cluster: "nowhere" } },
				{ name: "right", context: { ...context.context, namespace: "kube-public" } },
			];
			config.clusters.push({ name: "nowhere", cluster: { server: "https://127.0.0.1:1" } });
			config["current-context"] = "wrong";
			const path = join(folder, "config");
			writeFileSync(path, stringify(config), { mode: 0o600 });
			const provider = { kubeconfig: path, context: "right" };
			await stack.up([map()], { provider });
			expect((await stack.stored("map")).id).toMatch(/^kube-public\/map-/);
			const moved = await stack.up([map()], { provider: { ...provider, namespace: "kube-system" } });
			expect(operations(moved)).toEqual(["create-replacement map", "replace map", "delete-replaced map"]);
			expect((await stack.stored("map")).id).toMatch(/^kube-system\/map-/);
			await stack.destroy();

			const ambient = await stack.up([map({ ambient: true })], { env: { KUBECONFIG: plane.kubeconfig } });
			expect(operations(ambient)).toEqual(["create map"]);
			await stack.destroy({ env: { KUBECONFIG: plane.kubeconfig } });
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it("previews with names that are not known yet, and with kinds that are yet to be made", async () => {
		const objects = [
			map(),
			object("reader", "core.v1.ConfigMap", { data: {} }, { nameOf: { resource: "map", path: "data.name" } }),
		];
		expect((await stack.preview(objects)).summary.create).toBe(4);
		await stack.up(objects);
		const { map: name, reader } = (await stack.outputs()).names as Record<string, string>;
		expect((await kubectlJson("configmap", reader as string)).data).toEqual({ name });
	});

	it("previews without a cluster, and says why it cannot do more; the state can be cleared all the same", async () => {
		const config = parse(plane.kubeconfigText);
		config.clusters[0].cluster.server = "https://127.0.0.1:1";
		const provider = { kubeconfig: stringify(config), clusterIdentifier: "the same" };
		expect((await stack.preview([map()], { provider })).summary.create).toBe(3);
		const words =
			/configured Kubernetes cluster is unreachable: unable to load schema information from the API server: .*ECONNREFUSED 127\.0\.0\.1:1/;
		expect(errorsOf(await stack.upError([map()], { provider }), "map")).toMatch(words);

		await stack.up([map()], { provider: { clusterIdentifier: "the same" } });
		const moved = await stack.preview([map()], { provider });
		expect(operations(moved)).toEqual(["same map"]);
		const elsewhere = await stack.preview([map()], { provider: { ...provider, clusterIdentifier: "another" } });
		expect(operations(elsewhere)).toContain("replace map");
	});

	it("refuses what it cannot do", async () => {
		const error = await stack.upError([map()], { provider: { renderYamlToDirectory: "out" } });
		expect(error.message).toContain("does not write YAML files; it needs the official plugin");
	});
});
