import type { FilePermission } from "../rules/file";

/**
 * One thing that a process wants to do, as the kernel names it: literal names, no patterns. What is absent is not
 * known, and the access is then allowed only where it is whatever the value is.
 */
export type Access =
	| FileAccess
	| ExecAccess
	| LinkAccess
	| CapabilityAccess
	| NetworkAccess
	| SignalAccess
	| PtraceAccess
	| UnixAccess
	| DbusAccess
	| MountAccess
	| UmountAccess
	| PivotRootAccess
	| ChangeProfileAccess
	| MqueueAccess
	| IoUringAccess
	| UsernsAccess;

/** Reading, writing, appending, locking and mapping a file. */
export interface FileAccess {
	class: "file";
	/** A folder's ends with a slash. */
	path: string;
	/** All of them are wanted; `l` is a link to whatever target. */
	permissions: FilePermission[];
	/** Whether the process owns the file. */
	owner: boolean;
}

/** Running a program. */
export interface ExecAccess {
	class: "exec";
	path: string;
	/** Whether the process owns the program's file. */
	owner: boolean;
}

/** Making the hard link `path` to the file `target`. */
export interface LinkAccess {
	class: "link";
	path: string;
	target: string;
	owner: boolean;
}

/** `capability` in lower case without `CAP_`. */
export interface CapabilityAccess {
	class: "capability";
	capability: string;
}

/** A socket of any family but unix. */
export interface NetworkAccess {
	class: "network";
	/** `create`, `bind`, `connect`, … */
	permissions: string[];
	/** `inet`, `netlink`, … */
	family: string;
	/** `stream`, `dgram`, … */
	type?: string;
	/** `tcp`, `udp`, … */
	protocol?: string;
	/** The socket's own address and port. */
	address?: string;
	port?: number;
	peerAddress?: string;
	peerPort?: number;
}

export interface SignalAccess {
	class: "signal";
	/** `send`, `receive`. */
	permissions: string[];
	/** In lower case without `SIG`. */
	signal: string;
	/** The other process's profile, or `unconfined`. */
	peer: string;
}

export interface PtraceAccess {
	class: "ptrace";
	/** `read`, `readby`, `trace`, `tracedby`. */
	permissions: string[];
	peer: string;
}

/** A unix socket without a file: abstract or without a name. */
export interface UnixAccess {
	class: "unix";
	permissions: string[];
	/** `stream`, `dgram`, `seqpacket`. */
	type: string;
	/** `@name`, or `none`; absent is none. */
	address?: string;
	peerAddress?: string;
	/** The profile at the other end. */
	peer?: string;
}

export interface DbusAccess {
	class: "dbus";
	/** `send`, `receive`, `bind`, `eavesdrop`. */
	permissions: string[];
	bus?: string;
	/** The name that is bound. */
	name?: string;
	path?: string;
	interface?: string;
	member?: string;
	peerName?: string;
	/** The profile at the other end. */
	peer?: string;
}

export interface MountAccess {
	class: "mount";
	/** `rw`, `ro`, `bind`, `nosuid`, `remount`, `make-rslave`, … */
	options: string[];
	fstype?: string;
	source?: string;
	/** The mount point; a folder's ends with a slash. */
	target: string;
}

export interface UmountAccess {
	class: "umount";
	target: string;
}

export interface PivotRootAccess {
	class: "pivot_root";
	oldRoot?: string;
	newRoot: string;
}

export interface ChangeProfileAccess {
	class: "change_profile";
	target: string;
	/** The program at whose execution the change comes (`change_onexec`); absent is at once. */
	exec?: string;
}

export interface MqueueAccess {
	class: "mqueue";
	permissions: string[];
	/** `posix` or `sysv`. */
	type: string;
	name: string;
	label?: string;
}

export interface IoUringAccess {
	class: "io_uring";
	/** `sqpoll`, `override_creds`, `cmd`. */
	permissions: string[];
	label?: string;
}

export interface UsernsAccess {
	class: "userns";
}

/**
 * What a policy says to an access: a rule allows it; a rule denies it; no rule speaks of it, and it is refused in
 * enforce mode and logged in complain mode.
 */
export type Verdict = "allow" | "deny" | "none";
