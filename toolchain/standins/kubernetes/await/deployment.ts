import { annotationOf, isOwnedBy, type KubeObject, numberAt } from "../object";
import { conditionOf, podState, timedOutWaiting } from "./pods";
import { type Awaiter, kindsOf, type Verdict, type View } from "./verdict";

const revisionOf = (object: KubeObject) => annotationOf(object, "deployment.kubernetes.io/revision");

interface Rollout {
	/** The Deployment's current revision; empty as long as its controller has not made one. */
	revision: string;
	available: boolean;
	replicaSetAvailable: boolean;
	replicaSetReady: boolean;
	/** What the controller says is wrong. */
	complaints: string[];
	/** The pods of the current revision. */
	pods: KubeObject[];
	status: string[];
}

/** Where the controller stands with the object's current generation; nothing where it has not seen it yet. */
function rolloutOf({ object, related }: View): Rollout | undefined {
	const observed = numberAt(object, "status", "observedGeneration");
	if (observed === undefined || observed !== numberAt(object, "metadata", "generation")) return undefined;
	const revision = revisionOf(object);
	const progressing = conditionOf(object, "Progressing");
	const availability = conditionOf(object, "Available");
	const complaints = [progressing, availability]
		.filter((condition) => condition && condition.status !== "True" && condition.reason && condition.message)
		.map((condition) => `[${condition?.reason}] ${condition?.message}`);
	const current = kindsOf(related, "ReplicaSet").find(
		(set) => revision !== "" && isOwnedBy(set, object) && revisionOf(set) === revision,
	);
	const wanted = current ? (numberAt(current, "spec", "replicas") ?? 1) : 0;
	const ready = current ? (numberAt(current, "status", "readyReplicas") ?? 0) : 0;
	const replicaSetReady = current !== undefined && ready >= wanted;
	return {
		revision,
		available: availability?.status === "True",
		replicaSetAvailable: progressing?.status === "True" && progressing.reason === "NewReplicaSetAvailable",
		replicaSetReady,
		complaints,
		pods: current ? kindsOf(related, "Pod").filter((pod) => isOwnedBy(pod, current)) : [],
		status: [
			...complaints.map((complaint) => `warning: ${complaint}`),
			...(current && !replicaSetReady
				? [`Waiting for app ReplicaSet to be available (${ready}/${wanted} Pods available)`]
				: []),
		],
	};
}

/** The first revision has nothing to roll over from, and so nothing that would be "progressing". */
const isDone = ({ revision, available, replicaSetAvailable, replicaSetReady }: Rollout) =>
	revision !== "" && available && replicaSetReady && (revision === "1" || replicaSetAvailable);

function whatIsMissing({ revision, available, replicaSetAvailable }: Rollout): string {
	if (!available) return "Minimum number of live Pods was not attained";
	if (revision === "1" || !replicaSetAvailable) {
		return "Minimum number of Pods to consider the application live was not attained";
	}
	return "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live";
}

/** Volumes are not waited for. */
export const deploymentAwaiter: Awaiter = {
	related: [
		{ apiVersion: "apps/v1", kind: "ReplicaSet" },
		{ apiVersion: "v1", kind: "Pod" },
	],
	timedOut: timedOutWaiting,
	judge(view): Verdict {
		const rollout = rolloutOf(view);
		if (!rollout) {
			return {
				ready: false,
				failed: false,
				status: [],
				details: ["Minimum number of live Pods was not attained"],
			};
		}
		if (isDone(rollout)) {
			return { ready: true, failed: false, status: ["✅ Deployment initialization complete"], details: [] };
		}
		const warnings = rollout.pods.flatMap((pod) => podState(pod).warnings);
		return {
			ready: false,
			failed: false,
			status: [...rollout.status, ...warnings.map((warning) => `warning: ${warning}`)],
			details: [...rollout.complaints, whatIsMissing(rollout), ...warnings],
		};
	},
};
