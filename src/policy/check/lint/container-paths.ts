import { type Problem, problemAt } from "../problem";
import { isOwn, type LintContext } from "./context";

/** Profiles of containers without `attach_disconnected`. */
export function containerPaths(context: LintContext): Problem[] {
	if (!context.container) return [];
	return context.expanded.profiles
		.filter(({ flags, parent, place }) => {
			const attached = flags.some((flag) => flag === "attach_disconnected" || flag.startsWith("attach_disconnected."));
			return !attached && parent === undefined && isOwn(context, place);
		})
		.map(({ name, place }) =>
			problemAt(
				place,
				"missing-attach-disconnected",
				"warning",
				`the profile ${name} is for containers and has not the flag attach_disconnected: files from outside of the container's mounts (sockets, pipes, overlays) have a path without a leading slash there, which no rule matches, in complain mode too`,
			),
		);
}
