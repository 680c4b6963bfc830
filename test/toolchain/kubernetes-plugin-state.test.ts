import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { describe, expect, it } from "vitest";
import { checkpoint, parseCheckpoint, prune, withSecrets } from "../../toolchain/standins/kubernetes/checkpoint";
import { isBuiltIn, isNamespacedBuiltIn, kindOfUrn } from "../../toolchain/standins/kubernetes/kinds";
import { takenOver } from "../../toolchain/standins/kubernetes/managed-fields";
import { adoptName, assignName } from "../../toolchain/standins/kubernetes/names";
import { parseId, withAt } from "../../toolchain/standins/kubernetes/object";
import { HalfDone } from "../../toolchain/standins/kubernetes/rpc";
import { type Bag, isSecret, plain, secret, unknownString } from "../../toolchain/standins/values";

describe("state", () => {
	it("holds the object, the inputs, the API version and the manager, and gives them back", () => {
		const inputs = { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } };
		const live = { ...inputs, metadata: { uid: "u" } };
		const state = checkpoint({ inputs, live, initialApiVersion: "v1", fieldManager: "me" }, inputs);
		expect(state).toEqual({ ...live, __inputs: inputs, __initialApiVersion: "v1", __fieldManager: "me" });
		expect(parseCheckpoint(state)).toEqual({ inputs, live, initialApiVersion: "v1", fieldManager: "me" });
	});

	it("keeps secret what came in secret: the value itself, a list as a whole, and all data of a Secret", () => {
		const given = {
			kind: "ConfigMap",
			data: { open: "1", hidden: secret("2") },
			list: [{ a: secret("3") }, { a: "4" }],
			all: secret({ b: "5" }),
		};
		const out = withSecrets(plain(given) as Bag, given);
		expect(out).toEqual({ ...given, list: secret([{ a: "3" }, { a: "4" }]) });
		const secretObject = { apiVersion: "v1", kind: "Secret", data: { a: "YQ==" } };
		const state = checkpoint(
			{ inputs: secretObject, live: secretObject, initialApiVersion: "v1", fieldManager: "me" },
			secretObject,
		);
		expect([isSecret(state.data), isSecret((state.__inputs as Bag).data)]).toEqual([true, true]);
		expect(plain(state)).toMatchObject({ data: { a: "YQ==" }, __inputs: { data: { a: "YQ==" } } });
	});

	it("writes the dashed names of a CustomResourceDefinition as the SDK does", () => {
		const live = { kind: "CustomResourceDefinition", spec: { list: [{ "x-kubernetes-list-type": "map" }] } };
		const state = checkpoint({ inputs: live, live, initialApiVersion: "v1", fieldManager: "me" }, live);
		expect(state.spec).toEqual({ list: [{ x_kubernetes_list_type: "map" }] });
		expect(parseCheckpoint(state).live).toEqual(live);
	});

	it("reduces an object to the shape of another", () => {
		const live: Bag = { a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, { x: 3 }], text: "t", extra: true };
		expect(prune(live, { a: { c: 0 }, list: [{ x: 0 }], text: "", gone: 1 })).toEqual({
			a: { c: 2 },
			list: [{ x: 1 }],
			text: "t",
		});
	});

	it("hands the fields of a create over to the manager that applies, once, and leaves others theirs", () => {
		const entry = (manager: string, operation: string, fieldsV1: Bag) => ({ manager, operation, fieldsV1 });
		const live = (entries: Bag[]) => ({ metadata: { managedFields: entries } });
		const others = [entry("kubelet", "Update", { "f:status": {} }), entry("other", "Apply", { "f:spec": {} })];
		const created = entry("pulumi-kubernetes-1234", "Update", { "f:metadata": { "f:labels": {} } });
		const applied = entry("pulumi-kubernetes-1234", "Apply", { "f:metadata": { "f:annotations": {} } });
		const moved = (fieldsV1: Bag) => [...others, entry("pulumi-kubernetes-1234", "Apply", fieldsV1)];
		expect(takenOver(live([...others, created]), "pulumi-kubernetes-1234")).toEqual(
			moved({ "f:metadata": { "f:labels": {} } }),
		);
		expect(takenOver(live([created, ...others, applied]), "pulumi-kubernetes-1234")).toEqual(
			moved({ "f:metadata": { "f:annotations": {}, "f:labels": {} } }),
		);
		expect(takenOver(live([...others, applied]), "pulumi-kubernetes-1234")).toBeUndefined();
	});
});

describe("an error about an object that is there", () => {
	it("carries the object's state to the engine, in gRPC's form", () => {
		const error = new HalfDone("not ready", "ns/x", { kind: "Pod" }, ["its words"], { kind: "Pod" });
		const [carried] = error.metadata().get("grpc-status-details-bin") as Buffer[];
		const status = Status.deserializeBinary(carried as Buffer);
		expect([status.getCode(), status.getMessage()]).toEqual([2, "not ready"]);
		const [any] = status.getDetailsList();
		expect(any?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
		const failed = ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() as Uint8Array);
		expect([failed.getId(), failed.getReasonsList()]).toEqual(["ns/x", ["not ready", "its words"]]);
		expect([failed.getProperties()?.toJavaScript(), failed.getInputs()?.toJavaScript()]).toEqual([
			{ kind: "Pod" },
			{ kind: "Pod" },
		]);
	});
});

describe("names and kinds", () => {
	const seed = Buffer.from("seed");
	const object = (metadata: Bag = {}) => ({ apiVersion: "v1", kind: "ConfigMap", metadata });

	it("names by the engine's seed, so that preview and update agree", () => {
		const named = assignName(object(), "app", seed);
		expect(named).toEqual(assignName(object(), "app", seed));
		expect(named).toEqual(
			object({
				name: expect.stringMatching(/^app-[0-9a-f]{8}$/) as unknown as string,
				annotations: { "pulumi.com/autonamed": "true" },
			}),
		);
		expect(assignName(object(), "app", Buffer.from("other"))).not.toEqual(named);
	});

	it("leaves a name that is given, that is not known yet, or that the API server shall make", () => {
		for (const metadata of [{ name: "given" } as Bag, { name: unknownString }, { generateName: "some-" }]) {
			expect(assignName(object(metadata), "app", seed)).toEqual(object(metadata));
		}
		expect(assignName({ kind: "ConfigMap", metadata: unknownString }, "app", seed).metadata).toBe(unknownString);
	});

	it("keeps an autoname, and does not mistake a given name for one", () => {
		const old = assignName(object(), "app", seed);
		expect(adoptName(object({ labels: { a: "1" } }), old)).toEqual({
			...old,
			metadata: { ...(old.metadata as Bag), labels: { a: "1" } },
		});
		expect(adoptName(object(), object({ name: "given" }))).toEqual(object());
	});

	it("reads kinds from URNs and says which it cannot manage", () => {
		const urn = (type: string) => `urn:pulumi:s::p::parent:x:Y$${type}::name`;
		expect(kindOfUrn(urn("kubernetes:core/v1:ConfigMap"))).toEqual({ apiVersion: "v1", kind: "ConfigMap" });
		expect(kindOfUrn(urn("kubernetes:rbac.authorization.k8s.io/v1:Role"))).toEqual({
			apiVersion: "rbac.authorization.k8s.io/v1",
			kind: "Role",
		});
		expect(() => kindOfUrn(urn("kubernetes:helm.sh/v3:Release"))).toThrow(
			"kubernetes:helm.sh/v3:Release is not among the resources that this stand-in",
		);
		expect([
			isBuiltIn({ apiVersion: "apps/v1", kind: "" }),
			isBuiltIn({ apiVersion: "gateway.networking.k8s.io/v1", kind: "" }),
		]).toEqual([true, false]);
		expect([
			isNamespacedBuiltIn({ apiVersion: "v1", kind: "Pod" }),
			isNamespacedBuiltIn({ apiVersion: "v1", kind: "Namespace" }),
		]).toEqual([true, false]);
	});

	it("reads ids, and sets and takes away values at a path without touching the original", () => {
		expect([parseId("ns/name"), parseId("name")]).toEqual([
			{ namespace: "ns", name: "name" },
			{ namespace: "", name: "name" },
		]);
		const original = object({ name: "x" });
		expect(withAt(original, ["metadata", "labels", "a"], "1")).toEqual(object({ name: "x", labels: { a: "1" } }));
		expect(withAt(original, ["metadata", "name"], undefined)).toEqual(object());
		expect(withAt(original, ["spec", "x"], undefined)).toEqual(original);
		expect(original).toEqual(object({ name: "x" }));
	});
});
