# ---- The loader: which of an owner's loaders is in charge ----------------------------------------------

# While one pod takes another's place, two loaders of one owner run: the one that started last is in charge, as
# $LOADER/owners/KEY/instance says (ID STATE UPTIME). Where it fails and is gone for good, the other one takes over again.
# That may show in silence only: the kubelet starts a container that failed again after at most 300 seconds.
GONE_AFTER=310
state_of_instance=

begin_instance() {
	make_folder "$CLAIMS" 0700
	make_folder "$LOADER/owners/$key" 0700
	IFS= read -r instance </proc/sys/kernel/random/uuid
	take_charge starting
}

# read_instance: sets $last, $last_state and $last_at: which loader of this owner is in charge, and since when in what state.
read_instance() {
	last='' last_state='' last_at=0
	{ read -r last last_state last_at <"$LOADER/owners/$key/instance"; } 2>/dev/null
}

# free_from UPTIME: $RELEASE_AFTER seconds later others may have what this owner has loaded.
free_from() { printf '%s %s\n' "$boot" "$1" >"$LOADER/owners/$key/released"; }

# take_charge STATE: starting, failed or ready.
take_charge() {
	state_of_instance=$1
	read_uptime
	# Written aside, because a loader that this one succeeds may look at any time.
	printf '%s %s %s\n' "$instance" "$1" "$uptime" >"$LOADER/owners/$key/.$instance" || end_badly "cannot write to $LOADER"
	rename "$LOADER/owners/$key/.$instance" "$LOADER/owners/$key/instance"
	: >"$LOADER/owners/$key/released"
}

# give_up: this loader ends because it failed. It is started again unless it is gone for good: then others may have what
# this owner has loaded, later than an older loader of the same owner may.
give_up() {
	read_instance
	[ "$last" = "$instance" ] || return 0
	take_charge failed
	free_from $((uptime + GONE_AFTER))
}

# in_charge: whether this loader is, or must be again.
in_charge() {
	read_instance
	[ "$last" != "$instance" ] || return 0
	read_uptime
	case $last_state in
		starting | failed) [ $((uptime - last_at)) -gt "$GONE_AFTER" ] || return 1 ;;
		ready) return 1 ;;
	esac
	say 'the loader that was to take the place of this one is gone: this one goes on'
	take_charge ready
}

# release: others may have what this owner has loaded; fails where another loader of it is in charge.
release() {
	read_instance
	[ "$last" = "$instance" ] || return 1
	: >"$LOADER/owners/$key/instance"
	read_uptime
	free_from "$uptime"
}
