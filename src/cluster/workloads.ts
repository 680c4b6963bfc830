import type * as pulumi from "@pulumi/pulumi";
import { change } from "../known";
import type { PodTemplate } from "./confine";

type Props = Record<string, unknown>;

/** Where a kind of workload has its pod's template. */
const templatePaths: Record<string, string[]> = {
	Pod: [],
	PodTemplate: ["template"],
	Deployment: ["spec", "template"],
	StatefulSet: ["spec", "template"],
	DaemonSet: ["spec", "template"],
	ReplicaSet: ["spec", "template"],
	ReplicationController: ["spec", "template"],
	Job: ["spec", "template"],
	CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** Whether resources of this Pulumi type, such as "kubernetes:apps/v1:Deployment", have pods. */
export function isWorkload(type: string): boolean {
	return pathOf(type) !== undefined;
}

/** The workload's properties with its pod's template changed. */
export function changeTemplate(
	type: string,
	props: Props,
	how: (template: PodTemplate) => pulumi.Input<PodTemplate>,
): Props {
	return changeAt(props, pathOf(type) ?? [], how) as Props;
}

function pathOf(type: string): string[] | undefined {
	const kind = /^kubernetes:[^:]+:([A-Za-z]+)$/.exec(type)?.[1];
	return kind !== undefined && Object.hasOwn(templatePaths, kind) ? templatePaths[kind] : undefined;
}

function changeAt(value: pulumi.Input<unknown>, path: string[], how: (template: PodTemplate) => unknown): unknown {
	return change(value, (known) => {
		const [key, ...rest] = path;
		if (known === undefined || known === null) return known;
		if (key === undefined) return how(known as PodTemplate);
		return { ...(known as Props), [key]: changeAt((known as Props)[key], rest, how) };
	});
}
