# ---- The loader: what is no longer declared ------------------------------------------------------------

# To unload a profile sets every process that runs under it free, for good. So it goes only when no process has used
# it for a while: longer than a container that failed waits for its next start (at most 300 seconds by default).
UNUSED=${AGENT_UNUSED_SECONDS:-360}

# retire: for $name, which is not declared: where it is ours, or that of an owner who is gone, unloads it once nothing
# has used it long enough.
retire() {
	case $c_state in
		mine | released) ;;
		torn) [ -n "$k_mode" ] || delete "$CLAIMS/$name" && return ;;
		*) return ;;
	esac
	read_content
	if [ -z "$k_mode" ] || { [ -z "$c_loading" ] && [ "$k_hash" != "$c_kernel" ]; }; then
		[ -z "$k_mode" ] || say "$name is no longer declared; others have put policy of their own in its place: left alone"
		delete "$CLAIMS/$name"
		return
	fi
	[ -n "$labels" ] || read_labels
	if [ -n "$seen" ] && ! in_use "$name"; then
		read_uptime
		if [ -z "$c_unused" ]; then
			c_unused=$uptime
			save_claim "$name"
		fi
		if [ $((uptime - c_unused)) -ge "$UNUSED" ] && unload_retired; then return; fi
	elif [ -n "$c_unused" ]; then
		c_unused=
		save_claim "$name"
	fi
	retired=$retired$name$NL
}

# unload_retired: fails where it leaves the profile. As before a load, a successor may have begun: it may declare it again.
unload_retired() {
	begin_loading
	left=yes claimed_by=$c_owner
	if in_charge; then
		know_claim "$name"
		if [ "$c_owner" != "$claimed_by" ]; then
			left=
		elif unload "$name"; then
			say "unloaded $name, which is no longer declared and has no process"
			delete "$CLAIMS/$name"
			left=
		else
			say "cannot unload $name, which is no longer declared: $reason"
		fi
	fi
	[ -n "$loads$disables" ] || end_loading
	[ -z "$left" ]
}
