import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { makeGuardRails } from "../../src/cluster/guard-rails";

let plane: ControlPlane;

const prefix = "shop's-";

beforeAll(async () => {
	plane = await startControlPlane();
	for (const name of ["free", "strict", "exempt"]) {
		await plane.kubectl("create", "namespace", name);
		await untilItWorks(() => plane.kubectl("get", "serviceaccount", "default", "--namespace", name));
	}
	const rails = makeGuardRails({
		localhostProfilePrefix: prefix,
		exemptNamespaces: ["exempt"],
		requireProfileIn: ["strict"],
	});
	for (const { part, policy, binding } of rails) {
		const [apiVersion, metadata] = ["admissionregistration.k8s.io/v1", { name: part }];
		await plane.apply(
			{ apiVersion, kind: "ValidatingAdmissionPolicy", metadata, spec: policy },
			{ apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata, spec: { ...binding, policyName: part } },
		);
	}
	// The API server takes up a new rule after a moment.
	await untilItWorks(async () => {
		if ((await answer("free", pod({ whole: localhost("theirs") }))) === "") throw new Error("not refused yet");
		if ((await answer("strict", pod({}))) === "") throw new Error("not refused yet");
	});
});
afterAll(() => plane?.stop());

async function untilItWorks(what: () => Promise<unknown>): Promise<void> {
	for (let tries = 0; ; tries++) {
		const error = await what().then(
			() => undefined,
			(reason: unknown) => reason,
		);
		if (error === undefined) return;
		if (tries === 100) throw error;
		await sleep(200);
	}
}

const localhost = (localhostProfile: string) => ({ appArmorProfile: { type: "Localhost", localhostProfile } });
const runtimes = { appArmorProfile: { type: "RuntimeDefault" } };

function pod(more: { whole?: object; app?: object; proxy?: object; prepare?: object; annotations?: object }) {
	const container = (name: string, securityContext?: object) => ({
		name,
		image: "x",
		...(securityContext ? { securityContext } : {}),
	});
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "pod", annotations: more.annotations ?? {} },
		spec: {
			...(more.whole ? { securityContext: more.whole } : {}),
			containers: [container("app", more.app), container("proxy", more.proxy)],
			...(more.prepare ? { initContainers: [container("prepare", more.prepare)] } : {}),
		},
	};
}

/** What the API server has against a pod, "" where nothing. */
async function answer(namespace: string, manifest: { metadata: object }): Promise<string> {
	try {
		await plane.apply({ ...manifest, metadata: { ...manifest.metadata, namespace } });
	} catch (error) {
		return /denied request: (.*)/.exec((error as Error).message)?.[1] ?? `another error: ${(error as Error).message}`;
	}
	await plane.kubectl("delete", "pod", "pod", "--namespace", namespace, "--grace-period=0", "--force");
	return "";
}

describe("pods may name managed profiles only", () => {
	const refusal = (names: string) =>
		`AppArmor profiles that no pod may name: ${names}; those that are managed start with "${prefix}"`;

	it.each([
		["no profile at all", {}],
		["a managed one", { whole: localhost(`${prefix}a`) }],
		["managed ones for containers", { app: localhost(`${prefix}a`), prepare: localhost(`${prefix}b`) }],
		["the runtime's own", { whole: runtimes, app: { appArmorProfile: { type: "Unconfined" } } }],
	])("%s is let through", async (_, parts) => {
		expect(await answer("free", pod(parts))).toBe("");
	});

	it.each([
		["for the pod", { whole: localhost("theirs") }, "theirs"],
		["for a container", { whole: localhost(`${prefix}a`), proxy: localhost("theirs") }, "theirs"],
		["for an init container", { prepare: localhost("prep") }, "prep"],
		["for several", { whole: localhost("w"), app: localhost("a") }, "w, a"],
	])("another is refused %s", async (_, parts, names) => {
		expect(await answer("free", pod(parts))).toBe(refusal(names));
	});

	it("also where it is an annotation, as before 1.30", async () => {
		const annotations = { "container.apparmor.security.beta.kubernetes.io/app": "localhost/theirs" };
		expect(await answer("free", pod({ annotations }))).toContain("localhost/theirs");
	});

	it("and where it is an ephemeral container's", async () => {
		await plane.apply({ ...pod({}), metadata: { name: "debugged", namespace: "free" } });
		const add = (localhostProfile: string) => {
			const ephemeral = { name: "debug", image: "x", securityContext: localhost(localhostProfile) };
			const patch = JSON.stringify({ spec: { ephemeralContainers: [ephemeral] } });
			const how = ["--subresource=ephemeralcontainers", "--type=strategic", "--patch", patch];
			return plane.kubectl("patch", "pod", "debugged", "--namespace", "free", ...how);
		};
		await expect(add("theirs")).rejects.toThrow(refusal("theirs"));
		await add(`${prefix}debug`);
	});

	it("but not in an exempt namespace", async () => {
		expect(await answer("exempt", pod({ whole: localhost("theirs") }))).toBe("");
	});
});

describe("a namespace may require a profile for each container", () => {
	const refusal = (names: string) =>
		`containers without an AppArmor profile of the node (appArmorProfile of type Localhost), which this namespace requires: ${names}`;
	const own = localhost(`${prefix}a`);

	it.each([
		["the whole pod", { whole: own }],
		["each container", { app: own, proxy: own }],
		["the pod, and a container in its own way", { whole: own, app: localhost(`${prefix}b`), prepare: own }],
	])("confined: %s", async (_, parts) => {
		expect(await answer("strict", pod(parts))).toBe("");
	});

	it.each([
		["nothing is", {}, "app, proxy"],
		["one container is not", { app: own }, "proxy"],
		["a container leaves the pod's profile", { whole: own, app: { appArmorProfile: { type: "Unconfined" } } }, "app"],
		["the runtime's own profile is no node's", { whole: runtimes }, "app, proxy"],
		["an init container is not", { app: own, proxy: own, prepare: { runAsUser: 1 } }, "prepare"],
	])("refused: %s", async (_, parts, names) => {
		expect(await answer("strict", pod(parts))).toBe(refusal(names));
	});

	it("other namespaces require none", async () => {
		expect(await answer("free", pod({}))).toBe("");
	});
});
