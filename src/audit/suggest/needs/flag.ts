import type { AuditEvent } from "../../event";
import { fileNeed } from "./file";
import type { FlagNeed } from "./need";

/**
 * A path that the kernel cannot follow to the process's root, such as a file descriptor from outside of a container:
 * it is refused whatever the rules say, in complain mode too, until the profile attaches such paths to the root.
 */
export function flagNeed(event: AuditEvent): FlagNeed | undefined {
	if (event.info === undefined || !/disconnected path/i.test(event.info)) return undefined;
	const access = event.name === undefined ? undefined : fileNeed({ ...event, name: event.name.replace(/^\/*/, "/") });
	return { kind: "flag", flag: "attach_disconnected", ...(access === undefined ? {} : { access }) };
}
