import { parseApplyResult, type UnconfinedProcess } from "../agent/agent";

/** What one host says of a profile after the last change. */
export interface HostResult {
	/** The host's name. */
	host: string;
	/** The mode that the kernel has the profile in, or "disabled" where it is not loaded. */
	mode: string;
	/** Whether the profile is loaded. */
	loaded: boolean;
	/** Processes that started before the profile was loaded, and stay unconfined until they are restarted. */
	unconfined: UnconfinedProcess[];
	/** In complain mode, the deny rules of included files, which block all the same. */
	blocksInComplain: string[];
}

/** Reads the agent's answer to `apply`. */
export function hostResult(host: string, stdout: string): HostResult {
	const { mode, loaded, unconfined, blocksInComplain } = parseApplyResult(stdout);
	return { host, mode, loaded, unconfined, blocksInComplain };
}
