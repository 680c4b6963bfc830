import { writeFileSync } from "node:fs";
import type { ClusterProfile, ClusterProfileDistributionArgs } from "../../src/index";

/** What the bench's program makes. */
export interface Wanted extends Pick<ClusterProfileDistributionArgs, "image" | "imagePullPolicy"> {
	kubeconfig: string;
	profiles: ClusterProfile[];
}

/** Profiles of the template `container`, each with a folder of its own; `changed` is one with another. */
export function profilesOf(count: number, changed?: number): ClusterProfile[] {
	return Array.from({ length: count }, (_, index) => ({
		name: `app-${index}`,
		template: "container",
		values: { writePaths: [`/var/lib/app-${index}`, ...(index === changed ? ["/changed"] : [])] },
		mode: "enforce" as const,
	}));
}

/** By a file, for a thousand profiles are more than an environment variable holds. */
export function writeWanted(file: string, wanted: Wanted): NodeJS.ProcessEnv {
	writeFileSync(file, JSON.stringify(wanted), { mode: 0o600 });
	return { CLUSTER_WANTED: file };
}
