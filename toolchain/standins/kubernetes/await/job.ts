import { at, isOwnedBy, numberAt } from "../object";
import { conditionOf, podState, timedOutWaiting } from "./pods";
import { type Awaiter, fullName, kindsOf, type Verdict } from "./verdict";

const final = new Set(["BackoffLimitExceeded", "DeadlineExceeded"]);

export const jobAwaiter: Awaiter = {
	related: [{ apiVersion: "v1", kind: "Pod" }],
	timedOut: timedOutWaiting,
	judge({ object, related }): Verdict {
		const count = (name: string) => numberAt(object, "status", name) ?? 0;
		const failure = conditionOf(object, "Failed");
		const failed = failure?.status === "True" && final.has(String(failure.reason));
		const warnings = kindsOf(related, "Pod")
			.filter((pod) => isOwnedBy(pod, object))
			.flatMap((pod) => podState(pod).warnings);
		const started = at(object, "status", "startTime") !== undefined;
		const name = JSON.stringify(fullName(object));
		const counts = `(Active: ${count("active")} | Succeeded: ${count("succeeded")} | Failed: ${count("failed")})`;
		return {
			ready: started && conditionOf(object, "Complete")?.status === "True",
			failed,
			status: [
				started ? `Waiting for Job ${name} to succeed ${counts}` : `Waiting for Job ${name} to start`,
				// That containers are not ready is how a job runs.
				...warnings
					.filter((text) => !text.includes("containers with unready status"))
					.map((text) => `warning: ${text}`),
			],
			details: [...(failed ? [`[${failure.reason}] ${failure.message}`] : []), ...warnings],
		};
	},
};
