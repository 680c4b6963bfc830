# ---- The loader: which of an owner's loaders is in charge ----------------------------------------------

# While one pod takes another's place, two loaders of one owner run: that of the younger pod is in charge, as
# $LOADER/owners/KEY/instance says (ID STATE UPTIME BORN BOOT). Where it fails and is gone for good, the other one takes
# over again. That may show in silence only: the kubelet starts a container that failed again after at most 300 seconds.
GONE_AFTER=310
state_of_instance=

# begin_instance: an older pod's container that is started again waits here while a younger pod's loader is in charge.
begin_instance() {
	make_folder "$CLAIMS" 0700
	make_folder "$LOADER/owners/$key" 0700
	read_instance
	read_uptime
	instance='' born=0
	# The kubelet keeps this folder for as long as it keeps the pod.
	{ read -r instance born <"$RUN/.pod"; } 2>/dev/null
	if [ -z "$instance" ]; then
		IFS= read -r instance </proc/sys/kernel/random/uuid
		born=$((uptime > last_born ? uptime : last_born + 1))
		printf '%s %s\n' "$instance" "$born" >"$RUN/.pod"
	fi
	state_of_instance=starting
	if [ "$last_born" -gt "$born" ]; then
		say "a newer loader of $owner has started on this node: this one waits for its end"
		until in_charge; do pause 10; done
	fi
	take_charge starting
}

# read_instance: sets $last, $last_state, $last_at and $last_born: which loader of this owner is in charge, since when
# in what state, and when its pod began.
read_instance() {
	last='' last_state='' last_at=0 last_born=0 last_boot=''
	{ read -r last last_state last_at last_born last_boot <"$LOADER/owners/$key/instance"; } 2>/dev/null
	[ "$last_boot" = "$boot" ] || last='' last_state='' last_at=0 last_born=0
}

# free_from UPTIME: $RELEASE_AFTER seconds later others may have what this owner has loaded.
free_from() { printf '%s %s\n' "$boot" "$1" >"$LOADER/owners/$key/released"; }

# take_charge STATE: starting, failed or ready.
take_charge() {
	state_of_instance=$1
	read_uptime
	# Written aside, because a loader that this one succeeds may look at any time.
	printf '%s %s %s %s %s\n' "$instance" "$1" "$uptime" "$born" "$boot" >"$LOADER/owners/$key/.$instance" ||
		end_badly "cannot write to $LOADER"
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
	take_charge "$state_of_instance"
}

# still_in_charge: fails where a younger pod's loader has begun meanwhile: the policy of this one is older. One that is
# itself not ready yet ends: started again, it waits.
still_in_charge() {
	! in_charge || return 0
	[ "$state_of_instance" = ready ] || end_badly "a newer loader of $owner has started on this node: this one leaves it the profiles"
	end_loading
	stood_back=yes
	return 1
}

# begin_loading, end_loading, await_loading: of two loaders, the one that is loading when the other begins sees that it is
# not in charge any more, or the other one sees that it is loading, and waits for it: each says first what it does and
# looks then. Who was killed meanwhile does not come back to say so.
begin_loading() { printf '%s\n' "$boot" >"$LOADER/owners/$key/loading.$instance" || end_badly "cannot write to $LOADER"; }
end_loading() { rm -f -- "$LOADER/owners/$key/loading.$instance"; }
await_loading() {
	for entry in "$LOADER/owners/$key"/loading.*; do
		[ -e "$entry" ] || continue
		at_boot=
		{ IFS= read -r at_boot <"$entry"; } 2>/dev/null
		tries=120
		if [ "$at_boot" != "$boot" ] || [ "${entry##*.}" = "$instance" ]; then tries=0; fi
		while [ -e "$entry" ] && [ "$tries" -gt 0 ]; do
			pause 1
			tries=$((tries - 1))
		done
		delete "$entry"
	done
	rm -rf -- "$SCRATCH.$key".*
}

# release: others may have what this owner has loaded; fails where another loader of it is in charge.
release() {
	read_instance
	[ "$last" = "$instance" ] || return 1
	: >"$LOADER/owners/$key/instance"
	read_uptime
	free_from "$uptime"
}
