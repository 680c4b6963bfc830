import type { PulumiError } from "../../toolchain";

/** What the engine has to say about one resource that failed. */
export const errorsOf = (error: PulumiError, name: string) =>
	error.events.diagnostics
		.filter(({ severity, urn }) => severity === "error" && urn?.endsWith(`::${name}`))
		.map(({ message }) => message)
		.join("\n");
