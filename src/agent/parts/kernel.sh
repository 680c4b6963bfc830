# ---- The kernel ---------------------------------------------------------------------------------------

# apparmor_state: sets $off, why AppArmor cannot be used here; empty where it can.
apparmor_state() {
	off=
	enabled=
	[ ! -r "$ROOT/sys/module/apparmor/parameters/enabled" ] || read -r enabled <"$ROOT/sys/module/apparmor/parameters/enabled"
	if [ ! -d "$ROOT/sys/module/apparmor" ]; then
		off='AppArmor is absent from this kernel: boot one that is built with CONFIG_SECURITY_APPARMOR'
	elif [ "$enabled" != Y ]; then
		off='AppArmor is disabled by a boot parameter: boot with apparmor=1 security=apparmor, or name apparmor in lsm='
	elif [ ! -e "$SECURITYFS/profiles" ]; then
		off="securityfs is not mounted: mount -t securityfs securityfs ${SECURITYFS%/apparmor}"
	fi
}

# read_kernel: sets $kernel, a line "NAME (MODE)" a loaded profile, with a newline at both ends.
read_kernel() { kernel=$NL$(cat "$SECURITYFS/profiles" 2>/dev/null)$NL; }

# find_mode NAME: sets $kernel_mode, empty where the profile is not loaded.
find_mode() {
	kernel_mode=
	case $kernel in
		*"$NL$1 ("*)
			kernel_mode=${kernel#*"$NL$1 ("}
			kernel_mode=${kernel_mode%%")$NL"*}
			;;
	esac
}

# unload NAME: its children go with it.
unload() {
	read_kernel
	find_mode "$1"
	[ -n "$kernel_mode" ] || return 0
	if [ -n "${AGENT_UNLOADER-}" ]; then
		attempt "$AGENT_UNLOADER" "$1" || return 1
	else
		said=$({ printf '%s' "$1" >"$SECURITYFS/.remove"; } 2>&1) || { reason=${said##*: } && return 1; }
	fi
	read_kernel
	find_mode "$1"
	[ -z "$kernel_mode" ] || { reason='the kernel still has it' && return 1; }
}
