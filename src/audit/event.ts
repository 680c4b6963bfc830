/** What became of an access. `KILLED` is a denial under a profile in kill mode, whose process was ended. */
export type EventKind = "DENIED" | "ALLOWED" | "AUDIT" | "HINT" | "STATUS" | "ERROR" | "KILLED";

/**
 * One audit record of AppArmor's, with the kernel's own key names and values decoded. Only the keys that the
 * record has are present.
 *
 * What D-Bus daemons and old kernels name otherwise is under the kernel's present name: `label` is `profile`,
 * `peer_label` and `tcontext` are `peer_profile`, `mask` is `denied_mask`, `method` is `member`, `saddr`, `daddr`,
 * `src` and `dest` are `laddr`, `faddr`, `lport` and `fport`.
 *
 * A byte of a hex-encoded value that is not UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, as Python's
 * `surrogateescape` does it, so that no name is lost or changed.
 */
export interface AuditEvent {
	event: EventKind;
	/** Seconds since 1970, with the record's fraction; absent where neither `audit(…)` nor the journal says it. */
	epoch?: number;
	/** The audit serial number, which with `epoch` names one system call's records. */
	serial?: number;
	operation?: string;
	class?: string;
	profile?: string;
	namespace?: string;
	name?: string;
	/** The second name of a link, a rename, a mount or a transition. */
	name2?: string;
	comm?: string;
	/** The program that wrote a D-Bus record: the daemon, not the process whose access it is. */
	exe?: string;
	pid?: number;
	parent?: number;
	/** The accesses asked for; records of the classes io_uring, mqueue and namespace say `requested` instead. */
	requested_mask?: string;
	/** The accesses not allowed; records of the classes io_uring, mqueue and namespace say `denied` instead. */
	denied_mask?: string;
	fsuid?: number;
	ouid?: number;
	attribute?: string;
	task?: number;
	magic_token?: number;
	info?: string;
	/** The error number as the kernel writes it, negative: -13 is EACCES. */
	error?: number;
	family?: string;
	sock_type?: string;
	/** The protocol's name (`tcp`); `unknown(768)` for a number without one. */
	protocol?: string;
	laddr?: string;
	lport?: number;
	faddr?: string;
	fport?: number;
	/** The socket's own address, `@…` for an abstract one; absent for one without a name. */
	addr?: string;
	peer_addr?: string;
	capability?: number;
	capname?: string;
	signal?: string;
	peer?: string;
	peer_info?: string;
	peer_pid?: number;
	peer_profile?: string;
	target?: string;
	bus?: string;
	path?: string;
	interface?: string;
	member?: string;
	fstype?: string;
	flags?: string;
	srcname?: string;
	execpath?: string;
	rlimit?: string;
	value?: number;
	requested?: string;
	denied?: string;
}
