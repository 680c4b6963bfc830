import { hasAnnotation, type KubeObject } from "../object";
import { daemonSetAwaiter } from "./daemonset";
import { deploymentAwaiter } from "./deployment";
import { jobAwaiter } from "./job";
import { podAwaiter } from "./pods";
import { type Awaiter, awaiterKey } from "./verdict";

/** The kinds that are waited for; an object of any other is ready when the API server has it. */
const awaiters: Record<string, Awaiter> = {
	"apps/v1/DaemonSet": daemonSetAwaiter,
	"apps/v1/Deployment": deploymentAwaiter,
	"batch/v1/Job": jobAwaiter,
	"v1/Pod": podAwaiter,
};

const skipsAwait = (inputs: KubeObject) => hasAnnotation(inputs, "pulumi.com/skipAwait");

/** How to wait for an object; nothing where its kind needs no waiting, or its program asks for none. */
export const awaiterOf = (inputs: KubeObject, live: KubeObject): Awaiter | undefined =>
	skipsAwait(inputs) ? undefined : awaiters[awaiterKey(live)];

const deletedInBackground = new Set([
	...Object.keys(awaiters),
	"v1/Namespace",
	"v1/ReplicationController",
	"apps/v1/StatefulSet",
]);

/** Whether an object's end is waited for. `skipAwait` counts for some kinds only, as in the official plugin. */
export const awaitsDeletion = (inputs: KubeObject, live: KubeObject) =>
	!(skipsAwait(inputs) && deletedInBackground.has(awaiterKey(live)));
