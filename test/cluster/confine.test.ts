import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { annotateTemplate, confineSpec, type PodSpec, type PodTemplate } from "../../src/cluster/confine";
import { changeTemplate, isWorkload } from "../../src/cluster/workloads";
import { ClusterMocks, resolved } from "./mocks";

new ClusterMocks();

const localhost = { type: "Localhost", localhostProfile: "myapp" };
const pod = (more: object = {}): PodSpec => ({ containers: [{ name: "app" }, { name: "proxy" }], ...more });

describe("a pod", () => {
	it("is confined as a whole, and keeps the rest", () => {
		const spec = pod({ securityContext: { runAsNonRoot: true }, serviceAccountName: "app" });
		expect(confineSpec("myapp", spec)).toEqual({
			...spec,
			securityContext: { runAsNonRoot: true, appArmorProfile: localhost },
		});
		expect(spec.securityContext).toEqual({ runAsNonRoot: true });
	});

	it("or one container of it, or one init container", () => {
		const spec = pod({ initContainers: [{ name: "prepare", securityContext: { runAsUser: 7 } }] });
		expect(confineSpec("myapp", spec, { container: "app" })).toEqual({
			...spec,
			containers: [{ name: "app", securityContext: { appArmorProfile: localhost } }, { name: "proxy" }],
		});
		expect(confineSpec("myapp", spec, { container: "prepare" })).toMatchObject({
			initContainers: [{ name: "prepare", securityContext: { runAsUser: 7, appArmorProfile: localhost } }],
		});
	});

	it("whose parts are known later is confined then, and what is known stays visible", async () => {
		const securityContext = pulumi.output({ fsGroup: 3 });
		const confined = confineSpec("myapp", pod({ securityContext })) as PodSpec;
		expect(confined.containers).toEqual(pod().containers);
		expect(await resolved(confined.securityContext)).toEqual({ fsGroup: 3, appArmorProfile: localhost });
		expect(await resolved(confineSpec("myapp", pulumi.output(pod())))).toEqual({
			...pod(),
			securityContext: { appArmorProfile: localhost },
		});
	});

	it("of a profile that is not loaded stays as it is", () => {
		expect(confineSpec(undefined, pod())).toEqual({ ...pod(), securityContext: { appArmorProfile: undefined } });
	});

	it("that names a profile already is refused, wherever it does", () => {
		const own = { appArmorProfile: { type: "RuntimeDefault" } };
		expect(() => confineSpec("myapp", pod({ securityContext: own }))).toThrow(
			'the pod has an appArmorProfile already, {"type":"RuntimeDefault"}: take it away, or do not confine it',
		);
		const container = { name: "app", securityContext: own };
		expect(() => confineSpec("myapp", { containers: [container] })).toThrow(
			"container app has an appArmorProfile already",
		);
		expect(() => confineSpec("myapp", { containers: [], initContainers: [container] })).toThrow("container app has an");
		expect(() => confineSpec("myapp", { containers: [container] }, { container: "app" })).toThrow(
			"container app has an",
		);
	});

	it("without the container that is named is refused", () => {
		expect(() => confineSpec("myapp", pod(), { container: "ap" })).toThrow(
			'the pod has no container "ap"; it has app, proxy',
		);
	});

	it("keeps its own profile where that is asked for", () => {
		const own = { appArmorProfile: { type: "Unconfined" } };
		expect(confineSpec("myapp", pod({ securityContext: own }), { keep: true })).toEqual(pod({ securityContext: own }));
		const containers = [{ name: "app", securityContext: own }];
		expect(confineSpec("myapp", { containers }, { keep: true })).toEqual({
			containers,
			securityContext: { appArmorProfile: localhost },
		});
		expect(confineSpec("myapp", { containers }, { keep: true, container: "app" })).toEqual({ containers });
	});
});

describe("before Kubernetes 1.30", () => {
	const key = (container: string) => `container.apparmor.security.beta.kubernetes.io/${container}`;
	const template = (annotations?: object) =>
		({ metadata: { labels: { app: "x" }, ...(annotations ? { annotations } : {}) }, spec: pod() }) as PodTemplate;

	it("each container is an annotation, and nothing is in the spec", () => {
		const spec = pod({ initContainers: [{ name: "prepare" }] });
		expect(annotateTemplate("myapp", { spec })).toEqual({
			metadata: {
				annotations: {
					[key("app")]: "localhost/myapp",
					[key("proxy")]: "localhost/myapp",
					[key("prepare")]: "localhost/myapp",
				},
			},
			spec,
		});
	});

	it("or one of them, beside what is there", () => {
		expect(annotateTemplate("myapp", template({ a: "b" }), { container: "app" })).toEqual(
			template({ a: "b", [key("app")]: "localhost/myapp" }),
		);
	});

	it("an annotation that is there is refused, or kept where that is asked for", () => {
		const own = { [key("app")]: "unconfined" };
		expect(() => annotateTemplate("myapp", template(own))).toThrow(
			`container app has the annotation ${key("app")} already`,
		);
		expect(annotateTemplate("myapp", template(own), { keep: true })).toEqual(
			template({ ...own, [key("proxy")]: "localhost/myapp" }),
		);
	});

	it("containers that are known later cannot be annotated, unless they are named", () => {
		const spec = { containers: pulumi.output([{ name: "app" }]) };
		expect(() => annotateTemplate("myapp", { spec })).toThrow(
			"the containers are not known yet: before Kubernetes 1.30 their names are part of the annotation; name the container that shall be confined",
		);
		expect(annotateTemplate("myapp", { spec }, { container: "app" })).toMatchObject({
			metadata: { annotations: { [key("app")]: "localhost/myapp" } },
		});
	});
});

describe("the pod's template of a workload", () => {
	const mark = () => ({ metadata: { name: "changed" } });

	it.each([
		["kubernetes:core/v1:Pod", {}, { metadata: { name: "changed" } }],
		["kubernetes:core/v1:PodTemplate", { template: {} }, { template: mark() }],
		[
			"kubernetes:apps/v1:Deployment",
			{ spec: { replicas: 2, template: {} } },
			{ spec: { replicas: 2, template: mark() } },
		],
		["kubernetes:batch/v1:Job", { spec: { template: {} } }, { spec: { template: mark() } }],
		[
			"kubernetes:batch/v1:CronJob",
			{ spec: { jobTemplate: { spec: { template: {} } } } },
			{ spec: { jobTemplate: { spec: { template: mark() } } } },
		],
	])("%s", (type, props, expected) => {
		expect(isWorkload(type)).toBe(true);
		expect(changeTemplate(type, props, mark)).toEqual(expected);
	});

	it("is found in outputs, and nothing else has one", async () => {
		const props = changeTemplate("kubernetes:apps/v1:DaemonSet", { spec: pulumi.output({ template: {} }) }, mark);
		expect(await resolved(props.spec as pulumi.Output<unknown>)).toEqual({ template: mark() });
		for (const type of [
			"kubernetes:core/v1:ConfigMap",
			"kubernetes:core/v1:constructor",
			"aws:ecs/service:Deployment",
			"",
		])
			expect(isWorkload(type)).toBe(false);
	});
});
