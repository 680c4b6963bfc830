# ---- Apply: the steps ---------------------------------------------------------------------------------

# check_policy: writes the policy aside and has the parser judge it; sets $names.
check_policy() {
	write "$aside" "$policy"
	sync_files "$aside"
	attempt "$PARSER" -q -Q -K "$aside" || {
		explain "$said" "$aside"
		fail "apparmor_parser refuses the policy of $name; nothing was changed:$explained"
	}
	names=$("$PARSER" -q -Q -K -N "$aside" 2>/dev/null)
	find_others "$names"
	case $NL$names$NL in *"$NL$name$NL"*) [ -n "$others" ] || return 0 ;; esac
	fail "the policy must declare the profile $name and no other; it declares: $(printf '%s' "$names" | tr '\n' ' '); nothing was changed"
}

# claim: from here on what this apply does is known as ours, even if it is cut off.
claim() {
	undo=claim
	make_folder "$STATE" 0700
	make_folder "$home" 0700
	if [ -n "$adopting" ]; then
		was_disabled=
		if present "$POLICIES/disable/${foreign_file##*/}" && [ -n "$foreign_file" ]; then was_disabled=yes; fi
		if [ "$foreign_file" = "$file" ]; then
			attempt cp -pP -- "$file" "$home/original.new" || fail "cannot keep $file in $home: $reason"
			rename "$home/original.new" "$home/original"
		fi
		put "$home/adopted" "file=$foreign_file${NL}mode=$foreign_mode${NL}disabled=$was_disabled"
		a_file=$foreign_file a_mode=$foreign_mode a_disabled=$was_disabled
	fi
	put "$home/policy.$new_sha" "$policy"
	put "$home/pending" "owner=$owner${NL}sha=$new_sha"
	sync_files "$home" "$STATE/profiles" "$STATE"
}

link_disable() {
	make_folder "$POLICIES/disable" 0755
	attempt ln -sfn -- "$POLICIES/$1" "$POLICIES/disable/$1" || fail "cannot make the link $POLICIES/disable/$1: $reason"
}

# swap: the new file takes the old one's place. The parser's cached binaries are older than either.
swap() {
	find_mode "$name"
	was_mode=$kernel_mode was_disabled=
	! present "$disable" || was_disabled=yes
	if present "$file"; then
		attempt ln -fP -- "$file" "$old" || attempt cp -pP -- "$file" "$old" || fail "cannot keep $file as $old: $reason"
	fi
	undo=swap
	delete "$ROOT"/var/cache/apparmor/*/"$name"
	rename "$aside" "$file"
	if [ -n "$a_file" ] && [ "$a_file" != "$file" ]; then link_disable "${a_file##*/}"; fi
	if [ "$mode" = disabled ]; then link_disable "$name"; else delete "$disable"; fi
	sync_files "$POLICIES"
}

load() {
	if [ "$mode" = disabled ]; then
		touched=yes
		unload "$name" || fail "cannot unload $name: $reason"
		return
	fi
	attempt "$PARSER" -q -r -K "$file" || {
		explain "$said" "$file"
		fail "the policy of $name could not be loaded:$explained"
	}
	touched=yes
	read_kernel
	find_mode "$name"
	[ "$kernel_mode" = "$mode" ] || {
		# The list is read in pieces, and may miss a profile while others come and go.
		read_kernel
		find_mode "$name"
	}
	[ "$kernel_mode" = "$mode" ] || {
		hint='the flags in the policy do not say so'
		! present "$POLICIES/force-complain/$name" || hint="$POLICIES/force-complain/$name is there"
		fail "the kernel has $name in ${kernel_mode:-no} mode after loading, not in $mode: $hint"
	}
	unload_stale "$names" "$mode"
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

save() {
	record="owner=$owner${NL}mode=$mode${NL}hash=$policy_hash${NL}sha=$new_sha"
	while IFS= read -r line; do
		[ -z "$line" ] || record=$record${NL}attachment=$line
	done <<EOF
$attachments
EOF
	put "$home/declared" "$record"
	undo=
	for entry in "$home"/policy.*; do
		[ "$entry" = "$home/policy.$new_sha" ] || rm -f -- "$entry"
	done
	rm -f -- "$home/pending"
	sync_files "$home"
}

# rollback: after a failure, file and kernel become what they were. Runs in a subshell, which fail() leaves.
rollback() {
	units=$restarted
	if [ "$undo" = claim ]; then
		if [ -z "$d_owner" ]; then rm -rf -- "$home" && return; fi
	elif [ -z "$d_owner" ]; then
		give_back
	else
		if present "$old"; then rename "$old" "$file"; else delete "$file"; fi
		if [ -n "$was_disabled" ]; then link_disable "$name"; else delete "$disable"; fi
		sync_files "$POLICIES"
		if [ -n "$touched" ] && [ -n "$was_mode" ]; then
			load_other "$home/policy.$d_sha" || fail "the old policy could not be loaded again:$said"
		elif [ -n "$touched" ]; then
			unload "$name" || fail "cannot unload $name: $reason"
		fi
	fi
	while IFS= read -r unit; do
		[ -z "$unit" ] || attempt "$SYSTEMCTL" restart -- "$unit" || fail "systemctl restart $unit failed: $said"
	done <<EOF
$units
EOF
	[ "$new_sha" = "$d_sha" ] || rm -f -- "$home/policy.$new_sha"
	[ -n "$p_owner" ] || rm -f -- "$home/pending"
	[ "$undo" = claim ] || say "undone: $file and the kernel have what they had before${was_mode:+ ($name in $was_mode mode)}"
}

# load_other FILE: loads another policy of $name than the one that is being applied.
load_other() {
	attempt "$PARSER" -q -r -K "$1" || return 1
	unload_stale "$("$PARSER" -q -Q -K -N "$1" 2>/dev/null)" ""
}

# give_back: makes file and kernel what they were before the first apply, and forgets the profile.
give_back() {
	apparmor_state
	# A file that is neither declared nor what an interrupted apply brought is not ours.
	sha_of "$file"
	ours=yes
	if [ -z "$d_owner$undo" ] && present "$file" && [ "$sha" != "$p_sha" ]; then ours=; fi
	[ -z "$ours" ] || delete "$ROOT"/var/cache/apparmor/*/"$name"
	if [ -n "$ours" ] && [ -n "$a_file" ] && [ "$a_file" = "$file" ]; then
		if present "$old"; then
			rename "$old" "$file"
		else
			attempt cp -pP -- "$home/original" "$aside" || fail "cannot give back $file from $home/original: $reason"
			sync_files "$aside"
			rename "$aside" "$file"
		fi
		if [ -n "$a_disabled" ]; then link_disable "$name"; else delete "$disable"; fi
	elif [ -n "$ours" ]; then
		delete "$file" "$disable"
		[ -z "$a_file" ] || [ -n "$a_disabled" ] || delete "$POLICIES/disable/${a_file##*/}"
	fi
	[ ! -d "$POLICIES" ] || sync_files "$POLICIES"
	if [ -n "$ours" ] && [ -z "$off" ]; then
		if [ -n "$a_mode" ] && [ -n "$a_file" ] && load_other "$a_file"; then
			say "gave back $a_file"
		else
			[ -z "$a_mode" ] || say "could not load again what $name was before: ${a_file:-there is no file of it}"
			unload "$name" || fail "cannot unload $name: $reason"
		fi
	fi
	# Forgotten at once, not file by file.
	[ ! -d "$home" ] || rename "$home" "$STATE/profiles/.$name.removed"
	rm -rf -- "$STATE/profiles/.$name.removed"
}

# realise: makes $policy in $mode what file and kernel have; sets $changed.
realise() {
	changed=true restarted='' was_mode='' was_disabled=''
	new_sha=$(printf '%s\n' "$policy" | sha256sum)
	new_sha=${new_sha%% *}
	read_kernel
	find_drift
	tidy
	if [ "$new_sha.$mode" = "$d_sha.$d_mode" ] && [ -z "$drift" ]; then
		[ "$owner$NL$policy_hash$NL$attachments" != "$d_owner$NL$d_hash$NL$d_attachments" ] || changed=false
		[ "$changed" = false ] || save
		restart_units
		return
	fi
	check_policy
	claim
	swap
	load
	restart_units
	save
}
