# ---- The loader: the loop that a node runs -------------------------------------------------------------

# stop: at once, and the profiles stay: this pod goes, those that run under them do not.
stop() {
	trap '' TERM INT HUP
	[ -z "$child" ] || kill "$child" 2>/dev/null
	[ -z "$state_of_instance" ] || end_loading
	[ -z "$state_of_instance" ] || ! release || forget_features
	exit 0
}

# sleep_until_stopped: a node that needs nothing costs nothing.
sleep_until_stopped() {
	while :; do
		sleep 86400 >/dev/null 2>&1 &
		child=$!
		wait "$child"
	done
}

# await_change SECONDS: returns when the kernel's policy has changed, or after so many seconds where there is a number.
# The kernel lets who reads "revision" again wait until it has changed since; an older one has no such file.
await_change() {
	if [ -z "$revisions" ]; then
		sleep "${1:-5}" &
	elif [ -n "$1" ]; then
		timeout "$1" dd bs=64 count=1 <&4 >"$RUN/.revision" 2>/dev/null &
	else
		dd bs=64 count=1 <&4 >"$RUN/.revision" 2>/dev/null &
	fi
	child=$!
	# Some shells tell when a process that they wait for was terminated.
	wait "$child" 2>/dev/null
	result=$?
	child=
	# 124 and, in busybox, 143: the time was up. Anything else is no news: it must not make this loop spin.
	case $result in
		124 | 143) return ;;
		0) [ ! -s "$RUN/.revision" ] || return 0 ;;
	esac
	[ -z "$revisions" ] || pause 5
}

pause() {
	sleep "$1" &
	child=$!
	wait "$child"
	child=
}

# next_look: sets $interval, when to look again even if no policy changes: what failed may work then, and what is no
# longer declared may have lost its last process.
next_look() {
	interval=
	[ -z "$stood_back" ] || interval=30
	[ -z "$retired" ] || interval=$((UNUSED < 30 ? UNUSED : 30))
	[ "$failures" -eq 0 ] || interval=30
	[ "$interval" != 0 ] || interval=1
}

# end_where_it_keeps_failing: at the first look that still fails after 25 seconds. Kubernetes sees then that this node is
# not ready, and why, and need not ask every loader now and then, which would take more than all that they do at rest.
end_where_it_keeps_failing() {
	[ "$failures" -gt 0 ] || { failing_since= && return; }
	read_uptime
	failing_since=${failing_since:-$uptime}
	[ $((uptime - failing_since)) -lt 25 ] || end_badly "$not_as_declared"
}

serve() {
	[ $# -eq 1 ] || fail 'usage: apparmor-agent.sh serve FOLDER' 2
	trap stop TERM INT HUP
	[ ! -w "$ROOT/dev/termination-log" ] || last_words=$ROOT/dev/termination-log
	make_folder "$RUN" 0755
	rm -rf -- "$RUN/ready" "$RUN/failed" "$RUN/errors" "$RUN/.profiles" "$RUN/status.json"
	know_node
	forget_old_features
	retired=
	apparmor_state
	if [ -n "$off" ]; then
		say "node $node: $off; there is nothing to load here"
		state=unsupported message=$off
		report_state
		sleep_until_stopped
	fi
	begin_instance
	read_declared "$1"
	revisions=
	if [ -r "$SECURITYFS/revision" ]; then
		exec 4<"$SECURITYFS/revision"
		revisions=yes
		await_change 5
	fi
	await_loading
	pass "$1"
	[ "$failures" -eq 0 ] || end_badly "$not_as_declared"
	still_in_charge
	take_charge ready
	say "node $node: $message"
	# Last of all: whoever sees this takes all else for done.
	report_ready
	repairs=0
	failing_since=
	while :; do
		next_look
		await_change "$interval"
		until in_charge; do
			failing_since=
			await_change 30
		done
		pass "$1"
		end_where_it_keeps_failing
		# Who puts other policy in place each time would keep both of us busy.
		if [ -n "$repaired" ]; then repairs=$((repairs + 1)); else repairs=$((repairs > 0 ? repairs - 1 : 0)); fi
		[ "$repairs" -lt 5 ] || {
			say 'something else keeps changing these profiles: the next look is in 30 seconds'
			pause 30
		}
	done
}

ready() {
	if [ -f "$RUN/ready" ]; then cat "$RUN/ready" && return; fi
	if [ -f "$RUN/failed" ]; then cat "$RUN/failed"; else echo 'not loaded yet'; fi
	exit 1
}
