import { isBag } from "../../values";
import { at, type KubeObject, listAt } from "../object";
import { type Awaiter, fullName, type Verdict } from "./verdict";

/** A workload's condition of a type, e.g. `Ready`. */
export const conditionOf = (object: KubeObject, type: string): KubeObject | undefined =>
	listAt(object, "status", "conditions").find((condition) => condition.type === type);

const isTrue = (condition: KubeObject | undefined) => condition?.status === "True";

interface PodState {
	ready: boolean;
	/** What is waited for. */
	waitingFor: string[];
	/** What is wrong, in the node's and the scheduler's own words. */
	warnings: string[];
}

/**
 * Where a pod stands: scheduled, initialised, ready. What its containers say is read from their current state and
 * from how they ended last; init containers are not looked at. (All as the official plugin tells it.)
 */
export function podState(pod: KubeObject): PodState {
	const name = JSON.stringify(fullName(pod));
	const state: PodState = { ready: false, waitingFor: [], warnings: [] };
	state.waitingFor.push(`Waiting for Pod ${name} to be scheduled`);
	if (!isTrue(conditionOf(pod, "PodScheduled"))) return state;
	state.waitingFor.push(`Waiting for Pod ${name} to be initialized`);
	const initialized = conditionOf(pod, "Initialized");
	if (!isTrue(initialized)) return withWarning(state, pod, initialized);
	state.waitingFor.push(`Waiting for Pod ${name} to be ready`);
	const ready = conditionOf(pod, "Ready");
	if (isTrue(ready) || (ready && at(pod, "status", "phase") === "Succeeded")) return { ...state, ready: true };
	return withWarning(state, pod, ready);
}

function withWarning(state: PodState, pod: KubeObject, condition: KubeObject | undefined): PodState {
	if (!condition) return state;
	const errors = listAt(pod, "status", "containerStatuses").flatMap(containerErrors);
	if (errors.length === 0 && !condition.message) return state;
	const message = condition.reason && condition.message ? String(condition.message) : "";
	return { ...state, warnings: [`[Pod ${fullName(pod)}]: ${message}${errors.join("\n")}`] };
}

function containerErrors(status: KubeObject): string[] {
	if (status.ready === true) return [];
	const name = JSON.stringify(status.name);
	const errors: string[] = [];
	const waiting = at(status, "state", "waiting");
	if (isBag(waiting) && waiting.reason !== "ContainerCreating") {
		errors.push(`[${waiting.reason ?? ""}] ${imagePullWords(waiting.message)}`);
	}
	const ended = at(status, "state", "terminated");
	if (isBag(ended) && ended.reason) {
		errors.push(
			ended.message
				? `[${ended.reason}] ${imagePullWords(ended.message)}`
				: `container ${name} completed with exit code ${ended.exitCode}`,
		);
	}
	const last = at(status, "lastState", "terminated");
	if (isBag(last)) {
		errors.push(`container ${name} terminated at ${last.finishedAt} (${last.reason}: exit code ${last.exitCode})`);
		if (last.message) errors.push(String(last.message));
	}
	return errors;
}

const imagePullWords = (message: unknown) =>
	String(message ?? "")
		.replace(/^rpc error: code = Unknown desc = Error response from daemon: /, "")
		.replace(/: manifest unknown$/, "");

export const timedOutWaiting = (object: KubeObject) =>
	`'${at(object, "metadata", "name")}' timed out waiting to be Ready`;

export const podAwaiter: Awaiter = {
	related: [],
	timedOut: timedOutWaiting,
	judge({ object }): Verdict {
		const { ready, waitingFor, warnings } = podState(object);
		return { ready, failed: false, status: waitingFor, details: warnings };
	},
};
