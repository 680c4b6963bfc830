# ---- What is declared ---------------------------------------------------------------------------------

# know NAME: sets where the profile's files are and what is recorded of it.
know() {
	name=$1
	file=$POLICIES/$name
	disable=$POLICIES/disable/$name
	aside=$POLICIES/.$name.pulumi-apparmor.new
	old=$POLICIES/.$name.pulumi-apparmor.old
	home=$STATE/profiles/$name
	d_owner='' d_mode='' d_hash='' d_sha='' d_attachments='' p_owner='' p_sha='' a_file='' a_mode='' a_disabled=''
	for record in declared pending adopted; do
		[ -f "$home/$record" ] || continue
		while IFS= read -r line; do
			case $record.$line in
				declared.owner=*) d_owner=${line#*=} ;;
				declared.mode=*) d_mode=${line#*=} ;;
				declared.hash=*) d_hash=${line#*=} ;;
				declared.sha=*) d_sha=${line#*=} ;;
				declared.attachment=*) d_attachments=$d_attachments${line#*=}$NL ;;
				pending.owner=*) p_owner=${line#*=} ;;
				pending.sha=*) p_sha=${line#*=} ;;
				adopted.file=*) a_file=${line#*=} ;;
				adopted.mode=*) a_mode=${line#*=} ;;
				adopted.disabled=*) a_disabled=${line#*=} ;;
			esac
		done <"$home/$record"
	done
}

# find_drift: sets $drift, a line for each way in which the host is not what was declared.
find_drift() {
	drift=
	for entry in "$home"/policy.* "$home"/pending "$home"/*.new "$aside" "$old"; do
		[ "$entry" = "$home/policy.$d_sha" ] || ! present "$entry" || drift="an apply was interrupted$NL"
	done
	[ -n "$d_owner" ] || return 0
	sha_of "$file"
	if [ -z "$sha" ]; then drift=$drift"file missing"$NL; elif [ "$sha" != "$d_sha" ]; then drift=$drift"file changed"$NL; fi
	wanted_mode=$d_mode
	if [ "$d_mode" = disabled ]; then
		wanted_mode=
		[ -L "$disable" ] || drift=$drift"not disabled at boot"$NL
	elif present "$disable"; then
		drift=$drift"disabled at boot"$NL
	fi
	find_mode "$name"
	[ "$kernel_mode" = "$wanted_mode" ] || drift=$drift"kernel: ${kernel_mode:-not loaded} instead of ${wanted_mode:-not loaded}"$NL
}

# tidy: deletes what an interrupted apply left and nothing depends on. Only under the lock.
tidy() {
	rm -f -- "$aside" "$old" "$home"/*.new
	rm -rf -- "$STATE/profiles/.$name.removed"
	[ -n "$d_owner$p_owner" ] || rm -rf -- "$home"
}

# take_lock NAME: one change of a profile at a time.
take_lock() {
	make_folder "$LOCKS" 0755
	tries=0
	while ! attempt ln -sn "$$" "$LOCKS/$1"; do
		[ "$reason" = 'File exists' ] || fail "cannot make the lock $LOCKS/$1: $reason"
		holder=$(readlink "$LOCKS/$1") || holder=
		if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null && mkdir "$LOCKS/.$1.break" 2>/dev/null; then
			# Only one of those who wait breaks a dead one's lock, and only if it still is that one's.
			[ "$(readlink "$LOCKS/$1")" != "$holder" ] || rm -f -- "$LOCKS/$1"
			rmdir "$LOCKS/.$1.break"
			continue
		fi
		tries=$((tries + 1))
		[ "$tries" -ne 5 ] || say "waiting for process $holder, which is changing ${1#.}"
		[ "$tries" -lt $((${AGENT_LOCK_WAIT:-60} * 5)) ] ||
			fail "process $holder has been changing ${1#.} for ${AGENT_LOCK_WAIT:-60} seconds; nothing was changed (its lock: $LOCKS/$1)"
		sleep 0.2
	done
	lock=$LOCKS/$1
}
