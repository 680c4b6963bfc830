/** The capabilities of Linux, in their order: each at the place of its number. */
export const capabilities: readonly string[] =
	`chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
	net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin
	sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
	mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`.split(/\s+/);

/** What a capability that comes close to being root lets a process do, for those that do. */
export const dangerousCapabilities: ReadonlyMap<string, string> = new Map([
	["sys_admin", "it mounts file systems, enters namespaces and does most of what root can"],
	["sys_module", "it loads code into the kernel"],
	["sys_rawio", "it reads and writes the machine's memory and devices past the kernel"],
	["sys_ptrace", "it reads and changes the memory of every other process that its ptrace rules reach"],
	["sys_boot", "it restarts the machine, and into another kernel"],
	["mac_admin", "it loads, replaces and removes AppArmor policy, its own included"],
	["mac_override", "it overrides mandatory access control"],
	["dac_override", "it reads and writes every file that the rules allow, whoever owns it"],
	["dac_read_search", "it reads every file that the rules allow, whoever owns it, and opens files by their number"],
	["bpf", "it loads programs into the kernel"],
]);
