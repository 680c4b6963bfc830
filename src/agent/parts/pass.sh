# ---- The loader: one pass ------------------------------------------------------------------------------

# judge: finds out what there is to do for $name; appends to $loads.
judge() {
	[ -n "$w_mode" ] || return 0
	if [ -f "$STATE/profiles/$name/declared" ]; then
		read_host_owner "$name"
		refuse "the profile $name is declared on this host by $host_owner, too: remove it there, or choose another name"
		return
	fi
	if [ "$c_state" = theirs ]; then
		refuse "the profile $name is declared by $c_owner; $owner cannot have it on the same node: choose another name, or other nodes"
		return
	fi
	# Who declares it disabled, or has no parser, has a claim to it and has not loaded it.
	if [ -n "$k_mode" ] && [ "$c_state" != torn ] && [ -z "$c_kernel$c_loading" ] && [ "$c_state.$c_mode.$w_mode" != mine.disabled.disabled ]; then
		refuse "there is already a profile $name, loaded in $k_mode mode, that pulumi-apparmor did not load: remove it, or choose another name"
		return
	fi
	if [ "$c_state" = mine ] && [ -n "$c_unused" ]; then
		c_unused=
		save_claim "$name"
	fi
	if [ "$c_state" = mine ] && [ -n "$c_sha" ]; then
		read_content
		wanted_mode=$w_mode wanted_content=$c_kernel
		[ "$w_mode" != disabled ] || wanted_mode='' wanted_content=''
		if [ "$c_sha.$c_mode.$k_mode.$k_hash" = "$w_sha.$w_mode.$wanted_mode.$wanted_content" ]; then
			[ -z "$c_loading" ] || forget_loading
			return
		fi
		[ "$c_sha.$c_mode" != "$w_sha.$w_mode" ] || tell_drift
	fi
	take_claim "$name" || return 0
	if [ "$w_mode" = disabled ]; then disables="$disables $name"; else loads="$loads $name/$w_file"; fi
	printf '%s\t4\n' "$name" >>"$RUN/.done"
}

# tell_drift: says what others have done to $name since it was loaded.
tell_drift() {
	repaired=yes
	if [ -z "$k_mode" ]; then
		say "$name was unloaded: it is loaded again, but processes that ran under it stay unconfined until they are restarted"
	elif [ "$w_mode" = disabled ]; then
		say "$name is declared disabled and was loaded: it is unloaded"
	else
		say "$name was replaced by other policy (in $k_mode mode): it is put back"
	fi
}

# settle: reads back what has become of $name, and writes a line of the status.
settle() {
	if [ -z "$w_mode" ]; then
		retire
		return
	fi
	if [ ! -f "$RUN/errors/$name" ] && [ -n "$was_done" ]; then read_back; fi
	ok=true
	error=
	if [ -f "$RUN/errors/$name" ]; then
		ok=false
		error=$(cat "$RUN/errors/$name")
		# Refused before it was ever loaded: there is nothing to own.
		if [ "$c_state.$c_mode" = mine. ] && { [ -z "$c_loading" ] || [ -z "$k_mode" ]; }; then
			delete "$CLAIMS/$name"
		elif [ -n "$c_loading" ]; then
			read_content
			[ "$k_mode.$k_hash" != "$c_mode.$c_kernel" ] || forget_loading
		fi
	fi
	json_value "$error"
	s_line="\"ok\":$ok,\"error\":$json}"
	json_value "$k_mode"
	s_line="{\"name\":\"$name\",\"declaredMode\":\"$w_mode\",\"mode\":$json,\"policyHash\":\"$w_hash\",$s_line"
	printf '%s%s' "$comma" "$s_line" >&6
	comma=,
	[ "$ok" = false ] || [ "$w_mode" = disabled ] || write_feature
}

# read_back: whether the kernel has what was loaded; the claim then says what that is.
read_back() {
	[ -z "$k_dir" ] || [ -z "$c_kernel" ] || drop_stale_children || return 0
	read_content
	wanted_mode=$w_mode
	[ "$w_mode" != disabled ] || wanted_mode=
	if [ "$k_mode" != "$wanted_mode" ]; then
		why='the flags in the policy do not say so, or something else has loaded it since'
		[ -n "$k_mode" ] || why='something else has unloaded it since'
		refuse "the kernel has $name in ${k_mode:-no} mode after loading, not in $w_mode: $why"
		return
	fi
	# The same policy was loaded before and is known by other hashes: others may have put theirs in between. If loading
	# it once more gives these again, it is the parser or what the policy includes that has changed.
	if [ "$c_sha.$c_mode" = "$w_sha.$w_mode" ] && [ -n "$c_kernel" ] && [ "$k_hash" != "$c_kernel" ] && [ "$k_hash" != "$c_doubt" ]; then
		c_doubt=$k_hash c_loading=
		save_claim "$name" || refuse "$cannot_claim"
		return
	fi
	c_sha=$w_sha c_mode=$w_mode c_kernel=$k_hash c_doubt='' c_unused='' c_loading=''
	save_claim "$name" || { refuse "$cannot_claim" && return; }
	say "$name is ${k_mode:+loaded in }${k_mode:-unloaded, as declared}${k_mode:+ mode}"
}

# pass FOLDER: makes the kernel what is declared, as far as that goes; sets $failures and $retired.
pass() {
	failures=0 loads='' disables='' retired='' repaired='' declared_children='' labels='' seen='' comma='' torn_seen='' stood_back=''
	rm -rf -- "$RUN/errors"
	make_folder "$RUN/errors" 0755
	: >"$RUN/.done"
	survey
	each_profile judge
	if [ -n "$loads$disables" ]; then
		begin_loading
		still_in_charge || return 0
		[ -z "$loads" ] || load_all "$1"
		for name in $disables; do
			still_in_charge || break
			unload "$name" || refuse "cannot unload $name, which is declared disabled: $reason"
		done
		# Before it reads back: what it finds could be its successor's.
		still_in_charge || return 0
		survey
	fi
	{
		begin_features
		each_profile settle
		end_features
	} 6>"$RUN/.profiles"
	[ -z "$loads$disables" ] || end_loading
	report
}

# report: writes what a pass has found for those who ask: $RUN/status.json, and $RUN/ready or not.
report() {
	message="$declared_count profiles are as declared"
	state=loaded
	if [ "$failures" -gt 0 ]; then
		state=failed
		message=$(cat "$RUN"/errors/* | head -c 4000)
		not_as_declared="$failures of $declared_count profiles are not as declared: $message"
	fi
	report_state
}

report_state() {
	json_string "$owner"
	s_line="\"owner\":$json,\"state\":\"$state\""
	json_string "$node"
	s_line="{\"node\":$json,$s_line"
	json_string "$message"
	s_line="$s_line,\"message\":$json"
	json_list "$retired"
	{
		printf '%s,"retired":%s,"profiles":[' "$s_line" "$json"
		[ ! -f "$RUN/.profiles" ] || cat "$RUN/.profiles"
		printf ']}\n'
	} >"$RUN/.status"
	rename "$RUN/.status" "$RUN/status.json"
	if [ "$state" = failed ]; then
		rm -f -- "$RUN/ready"
		printf '%s\n' "$message" >"$RUN/failed"
	elif [ "$state_of_instance" != starting ]; then
		report_ready
	fi
}

report_ready() {
	rm -f -- "$RUN/failed"
	printf '%s: %s\n' "$state" "$message" >"$RUN/ready"
}
