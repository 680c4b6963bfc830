import { isOwnedBy, type KubeObject, kindOf, numberAt } from "../object";
import { podState } from "./pods";
import { type Awaiter, kindsOf, type Verdict } from "./verdict";

/**
 * Why a DaemonSet is not rolled out, or the words that say that it is. On every node that it wants, a pod of the
 * current template must be scheduled, updated, available and ready, by the controller's count for this generation.
 * Source: sigs.k8s.io/cli-utils, kstatus.
 */
export function rollout(object: KubeObject): { done: boolean; message: string } {
	const status = (name: string) => numberAt(object, "status", name);
	const generation = numberAt(object, "metadata", "generation");
	const observed = status("observedGeneration");
	const waiting = (message: string) => ({ done: false, message });
	if (observed === undefined) return waiting(`${kindOf(object)} status.observedGeneration not found`);
	if (observed !== generation) {
		return waiting(`${kindOf(object)} generation is ${generation}, but latest observed generation is ${observed}`);
	}
	const desired = status("desiredNumberScheduled");
	if (desired === undefined) return waiting("Missing .status.desiredNumberScheduled");
	const counts = {
		Current: status("currentNumberScheduled") ?? 0,
		Updated: status("updatedNumberScheduled") ?? 0,
		Available: status("numberAvailable") ?? 0,
		Ready: status("numberReady") ?? 0,
	};
	for (const [name, count] of Object.entries(counts)) {
		if (desired > count) return waiting(`${name}: ${count}/${desired}`);
	}
	return { done: true, message: `All replicas scheduled as expected. Replicas: ${desired}` };
}

/**
 * As the official plugin: what the pods say is shown while it waits, but is not in the error; and there is no failing
 * early, because a pod may still come round.
 */
export const daemonSetAwaiter: Awaiter = {
	related: [{ apiVersion: "v1", kind: "Pod" }],
	timedOut: () => "timed out waiting for the condition",
	judge({ object, related }): Verdict {
		const { done, message } = rollout(object);
		const warnings = kindsOf(related, "Pod")
			.filter((pod) => isOwnedBy(pod, object))
			.flatMap((pod) => podState(pod).warnings.map((warning) => `warning: ${warning}`));
		return { ready: done, failed: false, status: done ? [`✅ ${message}`] : [message, ...warnings], details: [] };
	},
};
