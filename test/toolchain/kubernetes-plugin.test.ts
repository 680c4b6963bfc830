import { describe, expect, it } from "vitest";
import { type DiffInputs, diffObjects, parsePropertyPath } from "../../toolchain/standins/kubernetes/diff";
import { normalise } from "../../toolchain/standins/kubernetes/normalise";
import { canonicalQuantity } from "../../toolchain/standins/kubernetes/quantity";
import { type Bag, unknownString } from "../../toolchain/standins/values";

describe("quantities", () => {
	it.each([
		["1000m", "1"],
		["0.1", "100m"],
		["1024Mi", "1Gi"],
		["1.5Gi", "1536Mi"],
		["1000", "1k"],
		["1024", "1024"],
		["0.5Mi", "512Ki"],
		["512Ki", "512Ki"],
		["1000000", "1M"],
		["0", "0"],
		["0.0", "0"],
		["-1500m", "-1500m"],
		["100u", "100u"],
		["0.0000000001", "1n"],
		[".5", "500m"],
		["1Ki", "1Ki"],
		["0.5Ki", "512"],
	])("%s is printed as %s", (text, printed) => {
		expect(canonicalQuantity(text)).toBe(printed);
	});

	it.each(["", "abc", "1e3", "Gi", ".", "1 Gi", "9".repeat(1_000_000)])(
		"leaves alone what it does not read",
		(text) => {
			expect(canonicalQuantity(text)).toBe(text);
		},
	);
});

describe("normalising", () => {
	const of = (spec: Bag, more: Bag = {}) => normalise({ apiVersion: "v1", kind: "Pod", spec, ...more }).spec;

	it("drops what Kubernetes does not print, and nothing else", () => {
		expect(
			of({
				hostPID: false,
				automountServiceAccountToken: false,
				enableServiceLinks: null,
				nodeSelector: {},
				tolerations: [],
				volumes: [{ name: "v", emptyDir: {} }],
				containers: [
					{
						name: "main",
						command: [],
						env: [{ name: "EMPTY", value: "" }],
						readinessProbe: { initialDelaySeconds: 0 },
					},
				],
				terminationGracePeriodSeconds: 0,
			}),
		).toEqual({
			automountServiceAccountToken: false,
			volumes: [{ name: "v", emptyDir: {} }],
			containers: [{ name: "main", env: [{ name: "EMPTY" }], readinessProbe: {} }],
			terminationGracePeriodSeconds: 0,
		});
	});

	it("keeps a user's own keys whatever they hold", () => {
		const metadata = { labels: { empty: "" }, annotations: { paused: "" } };
		expect(normalise({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { hostPID: "" } })).toEqual({
			apiVersion: "v1",
			kind: "ConfigMap",
			metadata,
			data: { hostPID: "" },
		});
	});

	it("prints quantities as the API server does, numbers too", () => {
		const resources = { limits: { cpu: 1, memory: "1024Mi" }, requests: { cpu: "0.5" } };
		expect(of({ containers: [{ name: "main", resources }] })).toEqual({
			containers: [{ name: "main", resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } } }],
		});
	});

	it("turns a Secret's stringData into data, over the data of the same key", () => {
		const secretObject = { apiVersion: "v1", kind: "Secret", data: { a: "YQ==\n", b: "Yg==" }, stringData: { b: "ß" } };
		expect(normalise(secretObject)).toEqual({
			apiVersion: "v1",
			kind: "Secret",
			data: { a: "YQ==", b: Buffer.from("ß").toString("base64") },
		});
	});

	it("leaves custom resources and what a preview does not know as they are, but for what the API server sets", () => {
		const metadata = { name: "x", uid: "1", resourceVersion: "2", managedFields: [] };
		const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata, spec: { hostPID: false, list: [] } };
		expect(normalise(widget)).toEqual({ ...widget, metadata: { name: "x" } });
		expect(of({ hostPID: false, nodeName: unknownString })).toEqual({ hostPID: false, nodeName: unknownString });
	});
});

describe("differences", () => {
	const diff = (oldInputs: Bag, newInputs: Bag, more: Partial<DiffInputs> = {}) => {
		const identity = { apiVersion: "v1", kind: "ConfigMap" };
		return diffObjects({
			oldInputs: { ...identity, ...oldInputs },
			oldLive: { ...identity, ...oldInputs },
			newInputs: { ...identity, ...newInputs },
			namespaced: true,
			ignore: [],
			mutableConfigMaps: false,
			mutableSecrets: false,
			...more,
		});
	};
	const named = (name: string, more: Bag = {}) => ({ metadata: { name, namespace: "default", ...more } });

	it("finds what changed, key by key and item by item, with the kind of change", () => {
		const before = { ...named("x", { labels: { a: "1", b: "2" } }), list: [1, { k: "v" }, 3] };
		const after = { ...named("x", { labels: { a: "9", "c.d/e": "3" } }), list: [1, { k: "w" }] };
		expect(diff(before, after).changes).toEqual([
			{ path: "metadata.labels.a", kind: "update", replace: false },
			{ path: "metadata.labels.b", kind: "delete", replace: false },
			{ path: 'metadata.labels["c.d/e"]', kind: "add", replace: false },
			{ path: "list[1].k", kind: "update", replace: false },
			{ path: "list[2]", kind: "delete", replace: false },
		]);
	});

	it("compares with what the cluster has, as far as the program spoke of it", () => {
		const inputs = { ...named("x"), mine: "1" };
		const oldLive = {
			...inputs,
			apiVersion: "v1",
			kind: "ConfigMap",
			mine: "changed by hand",
			theirs: "2",
			status: {},
		};
		expect(diff(inputs, inputs, { oldLive }).changes).toEqual([{ path: "mine", kind: "update", replace: false }]);
		expect(diff(inputs, inputs, { oldLive, ignore: ["mine"] }).changes).toEqual([]);
	});

	it("takes an unknown value for a change", () => {
		const changes = diff(
			{ ...named("x"), data: { a: "1" } },
			{ ...named("x"), data: { a: unknownString, b: unknownString } },
		);
		expect(changes.changes).toEqual([
			{ path: "data.a", kind: "update", replace: true },
			{ path: "data.b", kind: "add", replace: true },
		]);
	});

	it("replaces in place of a fixed name only after the old object has gone", () => {
		const data = (value: string, metadata: Bag = {}) => ({ ...named("x", metadata), data: { a: value } });
		expect(diff(data("1"), data("2")).deleteBeforeReplace).toBe(true);
		const annotations = { "pulumi.com/autonamed": "true" };
		expect(diff(data("1", { annotations }), data("2", { annotations }))).toEqual({
			changes: [{ path: "data.a", kind: "update", replace: true }],
			deleteBeforeReplace: false,
		});
		expect(diff(named("x"), named("y"))).toEqual({
			changes: [{ path: "metadata.name", kind: "update", replace: true }],
			deleteBeforeReplace: false,
		});
		expect(diff(data("1"), data("2"), { mutableConfigMaps: true }).changes).toEqual([
			{ path: "data.a", kind: "update", replace: false },
		]);
		const immutable = { immutable: true };
		expect(
			diff({ ...data("1"), ...immutable }, { ...data("2"), ...immutable }, { mutableConfigMaps: true }).changes,
		).toEqual([{ path: "data.a", kind: "update", replace: true }]);
	});

	it("knows the fields of each kind that cannot change, below, at and inside of a change", () => {
		const pod = (spec: Bag) => ({ ...named("x"), kind: "Pod", spec });
		const replaced = (before: Bag, after: Bag) =>
			diff(before, after, { oldLive: { apiVersion: "v1", ...before } })
				.changes.filter(({ replace }) => replace)
				.map(({ path }) => path);
		const container = (more: Bag) => ({ containers: [{ name: "main", image: "one", ...more }] });
		expect(replaced(pod(container({})), pod(container({ image: "two" })))).toEqual(["spec.containers[0].image"]);
		expect(replaced(pod(container({ args: ["a"] })), pod(container({ args: ["b"] })))).toEqual([
			"spec.containers[0].args[0]",
		]);
		expect(replaced(pod({}), pod(container({})))).toEqual(["spec.containers"]);
		expect(replaced(pod(container({})), pod({ ...container({}), activeDeadlineSeconds: 5 }))).toEqual([]);
	});

	it("is quick on large and on deep objects", () => {
		const data = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key-${i}`, "x".repeat(20)]));
		let deep: Bag = { leaf: "1" };
		for (let i = 0; i < 500; i++) deep = { inner: deep };
		const started = process.cpuUsage();
		expect(diff({ ...named("x"), data, deep }, { ...named("x"), data, deep }).changes).toEqual([]);
		expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
	});

	it.each([
		["metadata.labels.a", ["metadata", "labels", "a"]],
		['metadata.labels["c.d/e"]', ["metadata", "labels", "c.d/e"]],
		["spec.containers[0].image", ["spec", "containers", 0, "image"]],
		["spec.containers[*].image", ["spec", "containers", "*", "image"]],
		['["a\\"b"].c', ['a"b', "c"]],
	])("reads the property path %s", (text, steps) => {
		expect(parsePropertyPath(text)).toEqual(steps);
	});
});
