/** What `install` tells about a host. */
export interface HostFacts {
	/** The installed agent's version; null before it is in place. */
	agent: string | null;
	kernel: string;
	/** The version of apparmor_parser, such as "3.0.8"; null where there is none. */
	parser: string | null;
	/** The newest ABI in /etc/apparmor.d/abi, such as "4.0"; null where there is none. */
	abi: string | null;
	apparmor: boolean;
	/** Why AppArmor is off. */
	reason?: string;
	os: string | null;
}

/** A process that matches a profile's attachment and runs unconfined: it started before the profile was loaded. */
export interface UnconfinedProcess {
	/** Its process ID. */
	pid: number;
	/** Its name as the kernel has it, 15 characters at most. */
	comm: string;
	/** The path of its executable, or of the script that it runs. */
	exe: string;
}

/** What `apply` tells. */
export interface ApplyResult {
	name: string;
	/** Read back from the kernel; "disabled" where the profile is not loaded. */
	mode: string;
	loaded: boolean;
	changed: boolean;
	policyHash: string | null;
	restarted: string[];
	unconfined: UnconfinedProcess[];
	/** In complain mode, the deny rules that the kernel enforces all the same. */
	blocksInComplain: string[];
}

/** What `status` tells of one profile. */
export interface ProfileStatus {
	name: string;
	owner: string;
	/** Null where the first apply was interrupted. */
	declaredMode: string | null;
	/** What the kernel has; null where it is not loaded. */
	mode: string | null;
	policyHash: string | null;
	fileIntact: boolean;
	unconfined: UnconfinedProcess[];
	/** Whether file and kernel are what was declared. */
	ok: boolean;
	/** In which ways they are not. */
	drift: string[];
}

export interface AgentStatus {
	host: HostFacts;
	profiles: ProfileStatus[];
}

export const parseHostFacts = (stdout: string) =>
	answer<HostFacts>(stdout, "install", ["kernel", "parser", "apparmor"]);

export const parseApplyResult = (stdout: string) => answer<ApplyResult>(stdout, "apply", ["name", "mode", "loaded"]);

export const parseStatus = (stdout: string) => answer<AgentStatus>(stdout, "status", ["host", "profiles"]);

/** The agent's answer is one line; sudo, a banner or a login script may have written others. */
function answer<T>(stdout: string, command: string, keys: string[]): T {
	for (const line of stdout.split("\n").reverse()) {
		if (!line.startsWith("{")) continue;
		try {
			const value = JSON.parse(line);
			if (keys.every((key) => key in value)) return value as T;
		} catch {
			// Not the agent's line.
		}
	}
	const seen = stdout.trim() === "" ? "nothing" : JSON.stringify(stdout.slice(-500));
	throw new Error(`the agent's answer to "${command}" did not arrive; its output was ${seen}`);
}
