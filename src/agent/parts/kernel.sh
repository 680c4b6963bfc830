# ---- The host and its kernel --------------------------------------------------------------------------

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

need_apparmor() {
	apparmor_state
	[ -z "$off" ] || fail "$off; nothing was changed"
	command -v "$PARSER" >/dev/null 2>&1 ||
		fail "apparmor_parser is not installed: install the package apparmor (apt-get install apparmor); nothing was changed"
	[ -d "$POLICIES" ] || fail "there is no folder $POLICIES: install the package apparmor; nothing was changed"
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

# unload_stale NAMES MODE: unloads the children of $name that are not in NAMES: on a replace the kernel keeps them.
# Those that it made itself while learning ("NAME//null-...") stay as long as the profile complains.
unload_stale() {
	read_kernel
	stale_rest=$kernel
	while :; do
		case $stale_rest in *"$NL$name//"*) ;; *) break ;; esac
		stale_rest=${stale_rest#*"$NL$name//"}
		child=${stale_rest%%"$NL"*}
		child=$name//${child% (*}
		case $NL$1$NL in *"$NL$child$NL"*) continue ;; esac
		case $2.$child in complain."$name//null-"*) continue ;; esac
		unload "$child" || fail "cannot unload $child, which the policy no longer declares: $reason"
	done
}

# facts: sets $facts, a JSON object about this host.
facts() {
	apparmor_state
	json_value "$off"
	facts=$json
	[ -n "$off" ] && facts="\"apparmor\":false,\"reason\":$facts" || facts='"apparmor":true'
	parser=
	if attempt "$PARSER" --version; then
		parser=${said%%"$NL"*}
		parser=${parser##* }
	fi
	json_value "$parser"
	facts="$facts,\"parser\":$json"
	abi='' abi_major=-1 abi_minor=-1
	for entry in "$POLICIES"/abi/[0-9]*.[0-9]*; do
		entry=${entry##*/}
		case $entry in *[!0-9.]* | *.*.* | 0[0-9]* | *.0[0-9]*) continue ;; esac
		[ "${entry%.*}" -gt "$abi_major" ] || { [ "${entry%.*}" -eq "$abi_major" ] && [ "${entry#*.}" -gt "$abi_minor" ]; } || continue
		abi=$entry abi_major=${entry%.*} abi_minor=${entry#*.}
	done
	json_value "$abi"
	facts="$facts,\"abi\":$json"
	json_value "$(uname -r)"
	facts="$facts,\"kernel\":$json"
	os=
	if [ -r "$ROOT/etc/os-release" ]; then
		while IFS= read -r line; do
			case $line in PRETTY_NAME=*) os=${line#*=} os=${os#[\"\']} os=${os%[\"\']} ;; esac
		done <"$ROOT/etc/os-release"
	fi
	json_value "$os"
	facts="$facts,\"os\":$json"
	sha_of "$AGENT"
	json_value "${sha%"${sha#????????????}"}"
	facts="{\"agent\":$json,$facts}"
}
