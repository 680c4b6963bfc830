# ---- The loader: whose a loaded profile is -------------------------------------------------------------

# A claim, $LOADER/claims/NAME, says which owner has loaded a profile on this node, a KEY=VALUE a line; it counts
# until the node boots again. One without an owner was cut off while it was written: whoever declares it may have it.
# What was loaded is "sha" (the policy's) in "mode", and to the kernel "kernel". "loading" is there from before a load
# until it has been read back: what the kernel has may be the owner's then, though by other hashes.
CLAIMS=$LOADER/claims
# How long an owner's loader must have been gone, in seconds, until others may take over what it had loaded.
RELEASE_AFTER=60

# read_claim NAME
read_claim() {
	while IFS= read -r line; do
		case $line in
			owner=*) c_owner=${line#*=} ;;
			key=*) c_key=${line#*=} ;;
			boot=*) c_boot=${line#*=} ;;
			sha=*) c_sha=${line#*=} ;;
			mode=*) c_mode=${line#*=} ;;
			kernel=*) c_kernel=${line#*=} ;;
			doubt=*) c_doubt=${line#*=} ;;
			unused=*) c_unused=${line#*=} ;;
			loading=*) c_loading=${line#*=} ;;
		esac
	done <"$CLAIMS/$1"
}

# know_claim NAME: sets what the claim says, and $c_state: mine, theirs, released (its owner is gone), torn, or empty.
know_claim() {
	c_owner='' c_key='' c_boot='' c_sha='' c_mode='' c_kernel='' c_doubt='' c_unused='' c_loading='' c_state=
	[ -e "$CLAIMS/$1" ] || return 0
	read_claim "$1"
	# It may be another owner's that is just being written; after a power cut there may be many.
	if [ -z "$c_owner$torn_seen" ]; then
		torn_seen=yes
		pause 1
		[ -e "$CLAIMS/$1" ] || return 0
		read_claim "$1"
	fi
	if [ -z "$c_owner" ]; then
		c_state=torn
	elif [ "$c_boot" != "$boot" ]; then
		c_owner='' c_sha='' c_mode='' c_kernel='' c_doubt='' c_unused='' c_loading=''
		delete "$CLAIMS/$1"
	elif [ "$c_key" = "$key" ]; then
		c_state=mine
	else
		c_state=theirs
		released_boot='' released_at=
		{ read -r released_boot released_at <"$LOADER/owners/$c_key/released"; } 2>/dev/null
		read_uptime
		[ "$released_boot" != "$boot" ] || [ $((uptime - released_at)) -lt "$RELEASE_AFTER" ] || c_state=released
	fi
}

# read_host_owner NAME: sets $host_owner, who has declared the profile on this node as on a host.
read_host_owner() {
	host_owner=
	while IFS= read -r line; do
		case $line in owner=*) host_owner=${line#*=} ;; esac
	done <"$STATE/profiles/$1/declared"
}

# save_claim NAME: what $c_... say, for the owner $c_key. One write and no fork: there may be a thousand.
save_claim() {
	printf 'owner=%s\nkey=%s\nboot=%s\nsha=%s\nmode=%s\nkernel=%s\ndoubt=%s\nunused=%s\nloading=%s\n' \
		"$c_owner" "$c_key" "$boot" "$c_sha" "$c_mode" "$c_kernel" "$c_doubt" "$c_unused" "$c_loading" >"$CLAIMS/$1"
}

# take_claim NAME: refuses, and fails, where another owner was faster.
take_claim() {
	[ "$c_state" != mine ] || return 0
	c_owner=$owner c_key=$key
	# Of one that was cut off nobody knows whether it was for what the kernel has.
	[ "$c_state" != torn ] || c_loading=yes
	[ -n "$c_state" ] || set -C
	{ save_claim "$1"; } 2>/dev/null
	taken=$?
	set +C
	[ "$taken" -ne 0 ] || { c_state=mine && return; }
	know_claim "$1"
	case $c_state in
		mine) return 0 ;;
		theirs) refuse "the profile $1 was just declared by $c_owner; $owner cannot have it on the same node" ;;
		*) refuse "$cannot_claim" ;;
	esac
	return 1
}
cannot_claim="cannot write to $CLAIMS of the node, which says whose a profile is: is its disk full, or read-only?"

# note_loading: in the claims of $loading_names, before these are loaded.
note_loading() {
	for name in $loading_names; do
		know_claim "$name"
		c_loading=yes
		[ "$c_state" != mine ] || save_claim "$name" || end_badly "$cannot_claim"
	done
}

# forget_loading: the kernel has what the claim of $name says.
forget_loading() {
	c_loading=
	save_claim "$name"
}
