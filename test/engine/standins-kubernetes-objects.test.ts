import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { readEvents } from "../../toolchain/events";
import { errorsOf } from "./errors-of";
import type { WantedObject } from "./programs/objects";
import { ObjectStack, operations } from "./standins-kubernetes";

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
	await stack.destroy();
	stack.remove();
});

interface Live {
	metadata: {
		name: string;
		namespace?: string;
		labels?: Record<string, string>;
		annotations?: Record<string, string>;
		managedFields: { manager: string; operation: string; fieldsV1: Record<string, unknown> }[];
	};
	data?: Record<string, string>;
	[key: string]: unknown;
}

const get = async (...what: string[]) =>
	JSON.parse(await plane.kubectl("get", ...what, "-o", "json", "--show-managed-fields")) as Live;
const isGone = (...what: string[]) =>
	plane.kubectl("get", ...what).then(
		() => false,
		(error: Error) => /NotFound/.test(error.message),
	);

const configMap = (args: Record<string, unknown>, more: Partial<WantedObject> = {}): WantedObject => ({
	name: "settings",
	type: "core.v1.ConfigMap",
	args,
	...more,
});
const fixed = (labels: Record<string, string>, more: Partial<WantedObject> = {}): WantedObject => ({
	name: "account",
	type: "core.v1.ServiceAccount",
	args: { metadata: { name: "account", labels } },
	...more,
});

describe("names and replacement", () => {
	it("names an object, keeps the name, and replaces an immutable ConfigMap create-first under a new one", async () => {
		const created = await stack.up([configMap({ immutable: true, data: { key: "one" } })]);
		expect(operations(created)).toEqual(["create settings"]);
		const { settings: name } = (await stack.outputs()).names as Record<string, string>;
		expect(name).toMatch(/^settings-[0-9a-f]{8}$/);
		const live = await get("configmap", name as string);
		expect(live.metadata.annotations).toEqual({ "pulumi.com/autonamed": "true" });
		expect([live.metadata.namespace, live.data]).toEqual(["default", { key: "one" }]);
		expect((await stack.stored("settings")).id).toBe(`default/${name}`);

		const same = await stack.up([configMap({ immutable: true, data: { key: "one" } })]);
		expect(operations(same)).toEqual(["same settings"]);

		const changed = [configMap({ immutable: true, data: { key: "two" } })];
		const previewed = await stack.preview(changed);
		expect(previewed.steps.find(({ op }) => op === "replace")?.diffs).toEqual(["data.key"]);
		const replaced = await stack.up(changed);
		expect(operations(replaced)).toEqual([
			"create-replacement settings",
			"replace settings",
			"delete-replaced settings",
		]);
		const { settings: second } = (await stack.outputs()).names as Record<string, string>;
		expect(second).toMatch(/^settings-[0-9a-f]{8}$/);
		expect(second).not.toBe(name);
		expect((await get("configmap", second as string)).data).toEqual({ key: "two" });
		expect(await isGone("configmap", name as string)).toBe(true);
	});

	it("deletes first what has to be replaced under a name that its program gave it", async () => {
		const named = (value: string) => [configMap({ metadata: { name: "fixed" }, data: { key: value } })];
		await stack.up(named("one"));
		const replaced = await stack.up(named("two"));
		expect(operations(replaced)).toEqual([
			"delete-replaced settings",
			"replace settings",
			"create-replacement settings",
		]);
		expect((await get("configmap", "fixed")).data).toEqual({ key: "two" });
	});

	it("changes a ConfigMap in place where the provider says so, but never an immutable one", async () => {
		const provider = { enableConfigMapMutable: true };
		await stack.up([configMap({ data: { key: "one" } })], { provider });
		const updated = await stack.up([configMap({ data: { key: "two" } })], { provider });
		expect(operations(updated)).toEqual(["update settings"]);
		await stack.up([configMap({ data: { key: "two" }, immutable: true })], { provider });
		const replaced = await stack.up([configMap({ data: { key: "three" }, immutable: true })], { provider });
		expect(operations(replaced)[0]).toBe("create-replacement settings");
	});

	it("replaces a workload whose selector changes, a binding whose role does, and an object that moves", async () => {
		const deployment = (app: string): WantedObject => ({
			name: "app",
			type: "apps.v1.Deployment",
			args: {
				metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
				spec: {
					replicas: 0,
					selector: { matchLabels: { app } },
					template: { metadata: { labels: { app } }, spec: { containers: [{ name: "main", image: "image" }] } },
				},
			},
		});
		const binding = (role: string): WantedObject => ({
			name: "binding",
			type: "rbac.v1.RoleBinding",
			args: {
				roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
				subjects: [{ kind: "ServiceAccount", name: "default", namespace: "default" }],
			},
		});
		const account = (namespace: string) => fixed({}, { args: { metadata: { name: "mover", namespace } } });
		await stack.up([deployment("one"), binding("view"), account("default")]);
		const replaced = await stack.up([deployment("two"), binding("edit"), account("kube-public")]);
		const first = (name: string) => operations(replaced).find((operation) => operation.endsWith(` ${name}`));
		expect([first("app"), first("binding"), first("account")]).toEqual([
			"create-replacement app",
			"create-replacement binding",
			"create-replacement account",
		]);
		expect(await isGone("serviceaccount", "mover")).toBe(true);
		expect((await get("serviceaccount", "mover", "-n", "kube-public")).metadata.name).toBe("mover");
	});
});

describe("creating what is there", () => {
	it("refuses an object that somebody else made, and leaves it as it was", async () => {
		await plane.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs" }, data: { key: "theirs" } });
		const mine = [configMap({ metadata: { name: "theirs" }, data: { key: "mine" } })];
		expect(operations(await stack.preview(mine))).toEqual(["create settings"]);
		const error = await stack.upError(mine);
		expect(errorsOf(error, "settings")).toContain(
			'was not successfully created by the Kubernetes API server: configmaps "theirs" already exists',
		);
		expect((await get("configmap", "theirs")).data).toEqual({ key: "theirs" });
		const upserted = await stack.up(mine, {
			provider: { upsertExistingObjects: true, enablePatchForce: true },
		});
		expect(operations(upserted)).toEqual(["create settings"]);
		expect((await get("configmap", "theirs")).data).toEqual({ key: "mine" });
	});

	it("passes on why the API server refuses an object", async () => {
		const error = await stack.upError([configMap({ metadata: { name: "Not A Name" } })]);
		expect(errorsOf(error, "settings")).toContain('ConfigMap "Not A Name" is invalid: metadata.name: Invalid value');
		expect(operations(error)).toEqual([]);
	});

	it("takes a ConfigMap of 1 MiB, and passes on that the next byte is too much", async () => {
		const data = (bytes: number) => [configMap({ data: { key: "x".repeat(bytes) } })];
		expect(operations(await stack.up(data(1024 * 1024)))).toEqual(["create settings"]);
		expect(operations(await stack.up(data(1024 * 1024)))).toEqual(["same settings"]);
		const error = await stack.upError(data(1024 * 1024 + 1));
		expect(errorsOf(error, "settings")).toContain("Too long: may not be more than 1048576 bytes");
	});

	it("waits for a namespace that is only just being made", async () => {
		// In place of the stack's own, which is read at the end only: here it is read while the engine writes it.
		const events = join(stack.project.stateFolder, "events.jsonl");
		const retried = () => existsSync(events) && readFileSync(events, "utf8").includes("Retry #0; creation failed");
		const [created] = await Promise.all([
			stack.up([configMap({ metadata: { namespace: "late" }, data: { key: "one" } })], {
				args: ["--event-log", events],
			}),
			vi.waitUntil(retried, { timeout: 200_000 }).then(() => plane.kubectl("create", "namespace", "late")),
		]);
		expect(operations({ ...created, ...readEvents(events) })).toEqual(["create settings"]);
		await stack.destroy();
		await plane.kubectl("delete", "namespace", "late");
	});
});

describe("updating", () => {
	it("applies on the server: what is no longer asked for goes, what other controllers added stays and is no difference", async () => {
		await stack.up([fixed({ mine: "one", other: "one" })]);
		await plane.kubectl("annotate", "serviceaccount", "account", "--field-manager=rival", "theirs=yes");
		await plane.kubectl("annotate", "serviceaccount", "account", "byhand=yes");
		expect(operations(await stack.up([fixed({ mine: "one", other: "one" })]))).toEqual(["same account"]);
		await stack.refresh();
		expect(operations(await stack.up([fixed({ mine: "one", other: "one" })]))).toEqual(["same account"]);
		const updated = await stack.up([fixed({ mine: "two" })]);
		expect(operations(updated)).toEqual(["update account"]);
		expect(updated.steps.find(({ op }) => op === "update")?.diffs.sort()).toEqual([
			"metadata.labels.mine",
			"metadata.labels.other",
		]);
		const { metadata } = await get("serviceaccount", "account");
		// What was set with kubectl is taken over, and so goes, too; the official plugin does that.
		expect([metadata.labels, metadata.annotations]).toEqual([{ mine: "two" }, { theirs: "yes" }]);
		const managers = metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort();
		const { outputs } = await stack.stored("account");
		expect(managers).toEqual([`${outputs.__fieldManager} Apply`, "rival Update"].sort());
	});

	it("does not take a field that another manager has taken, and says so; with patchForce it does", async () => {
		await stack.up([fixed({ fought: "one" })]);
		await stack.up([fixed({ fought: "two" })]);
		await plane.kubectl("label", "serviceaccount", "account", "--overwrite", "--field-manager=rival", "fought=theirs");
		const error = await stack.upError([fixed({ fought: "three" })]);
		expect(errorsOf(error, "account")).toContain("Server-Side Apply field conflict detected");
		expect(errorsOf(error, "account")).toContain('conflict with "rival"');
		expect((await get("serviceaccount", "account")).metadata.labels).toEqual({ fought: "theirs" });
		const forced = fixed(
			{},
			{
				args: {
					metadata: { name: "account", labels: { fought: "four" }, annotations: { "pulumi.com/patchForce": "true" } },
				},
			},
		);
		await stack.up([forced]);
		expect((await get("serviceaccount", "account")).metadata.labels).toEqual({ fought: "four" });
	});

	it.each([
		["kubectl", "--field-manager=kubectl-label"],
		["a controller", "--field-manager=autoscaler"],
	])("leaves alone what is to be ignored, when %s has changed it", async (_, manager) => {
		await stack.up([fixed({ mine: "one", scaled: "1" })]);
		await plane.kubectl("label", "serviceaccount", "account", "--overwrite", manager, "scaled=7");
		await stack.refresh();
		const ignoring = (mine: string) =>
			fixed({ mine, scaled: "1" }, { options: { ignoreChanges: ["metadata.labels.scaled"] } });
		expect(operations(await stack.up([ignoring("one")]))).toEqual(["same account"]);
		expect(operations(await stack.up([ignoring("two")]))).toEqual(["update account"]);
		expect((await get("serviceaccount", "account")).metadata.labels).toEqual({ mine: "two", scaled: "7" });
	});

	it("merges on this side, under one manager and with a label of its own, where the provider asks for that", async () => {
		const provider = { enableServerSideApply: false };
		await stack.up([fixed({ mine: "one", other: "one" })], { provider });
		await plane.kubectl("annotate", "serviceaccount", "account", "theirs=yes");
		expect(operations(await stack.up([fixed({ mine: "two" })], { provider }))).toEqual(["update account"]);
		const { metadata } = await get("serviceaccount", "account");
		expect(metadata.labels).toEqual({ "app.kubernetes.io/managed-by": "pulumi", mine: "two" });
		expect(metadata.annotations).toEqual({ theirs: "yes" });
		expect(metadata.managedFields.map(({ manager }) => manager)).toContain("pulumi-kubernetes");
	});
});

describe("refresh, import and get", () => {
	it("sees what was changed or deleted by hand, and the next update puts it right", async () => {
		const objects = [fixed({ mine: "one" }), configMap({ metadata: { name: "kept" }, data: { key: "one" } })];
		await stack.up(objects);
		await plane.kubectl("label", "serviceaccount", "account", "--overwrite", "mine=theirs");
		await plane.kubectl("delete", "configmap", "kept");
		expect((await stack.refresh()).summary).toMatchObject({ update: 1, delete: 1 });
		const repaired = await stack.up(objects, { env: { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } });
		expect(operations(repaired).sort()).toEqual(["create settings", "update account"]);
		expect((await get("serviceaccount", "account")).metadata.labels).toEqual({ mine: "one" });
	});

	it("imports an object without changing it, and reads one that it does not own", async () => {
		await plane.kubectl("create", "serviceaccount", "grown");
		await plane.kubectl("label", "serviceaccount", "grown", "by=hand");
		const imported = fixed(
			{},
			{
				args: { metadata: { name: "grown", namespace: "default", labels: { by: "hand" } } },
				options: { import: "default/grown" },
			},
		);
		const read: WantedObject = { name: "read", type: "core.v1.Namespace", get: "kube-system" };
		const result = await stack.up([imported, read]);
		expect(operations(result).sort()).toEqual(["import account", "read read"]);
		expect(((await stack.outputs()).objects as Record<string, { spec: unknown }>).read?.spec).toEqual({
			finalizers: ["kubernetes"],
		});
		const { inputs, outputs } = await stack.stored("account");
		expect(inputs).toEqual({
			apiVersion: "v1",
			kind: "ServiceAccount",
			metadata: { name: "grown", namespace: "default", labels: { by: "hand" } },
		});
		expect(outputs.__initialApiVersion).toBe("v1");
	});
});
