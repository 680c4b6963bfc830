# ---- Commands -----------------------------------------------------------------------------------------

apply() {
	arguments '--owner --mode --policy-hash --attachment --restart --adopt --source --lines' "$@"
	check_name "$name"
	case $mode in
		enforce | complain | kill | unconfined | disabled) ;;
		*) problem "--mode \"$mode\" is not one of enforce, complain, kill, unconfined, disabled" ;;
	esac
	case $policy_hash in *[!0-9a-f]*) problem "--policy-hash \"$policy_hash\" is not hexadecimal" ;; esac
	policy=$(cat)
	begin_work
	check_arguments
	case $NL$policy in
		*"$NL$END") ;;
		*) fail "the policy of $name did not arrive whole (${#policy} bytes came, without the last line): was the connection cut? Nothing was changed" ;;
	esac
	need_apparmor
	check_units_exist
	take_lock "$name"
	know "$name"
	read_kernel
	check_ownership
	if [ -n "$p_owner" ] && [ -z "$d_owner" ]; then
		say "undoing an apply of $name that was interrupted"
		give_back
		know "$name"
		read_kernel
		check_ownership
	fi
	realise
	read_kernel
	find_mode "$name"
	unconfined='[]' blocks=''
	[ "$mode" = disabled ] || find_unconfined "$attachments"
	[ "$mode" != complain ] || find_blocks
	json_list "$blocks"
	result="\"unconfined\":$unconfined,\"blocksInComplain\":$json"
	json_list "$restarted"
	result="\"restarted\":$json,$result"
	json_value "$policy_hash"
	result="\"policyHash\":$json,$result"
	if [ -n "$kernel_mode" ]; then loaded=true; else loaded=false; fi
	json_string "${kernel_mode:-disabled}"
	result="\"mode\":$json,\"loaded\":$loaded,\"changed\":$changed,$result"
	answer "{\"name\":\"$name\",$result}"
}

remove() {
	arguments '--owner' "$@"
	check_name "$name"
	begin_work
	check_arguments
	take_lock "$name"
	know "$name"
	tidy
	read_kernel
	find_mode "$name"
	removed=false
	declarer=${d_owner:-$p_owner}
	if [ -z "$declarer" ]; then
		if present "$file" || [ -n "$kernel_mode" ]; then
			say "the profile $name is not declared by pulumi-apparmor: left alone"
		else
			say "the profile $name is already gone"
		fi
	elif [ "$declarer" != "$owner" ]; then
		say "the profile $name is declared by $declarer now: left alone"
	else
		present "$file" || say "$file was already gone"
		[ -n "$kernel_mode" ] || [ "$d_mode" = disabled ] || say "$name was not loaded any more"
		give_back
		removed=true
	fi
	answer "{\"name\":\"$name\",\"removed\":$removed}"
}

# declared_names: sets $names: $name where it is given, else all that is declared. In $leftovers, those of which
# there is no more than what an interrupted apply left.
declared_names() {
	names='' leftovers=''
	for entry in "$STATE"/profiles/* "$POLICIES"/.*.pulumi-apparmor.*; do
		present "$entry" || continue
		entry=${entry##*/}
		entry=${entry#.}
		entry=${entry%.pulumi-apparmor.*}
		[ -z "$name" ] || [ "$name" = "$entry" ] || continue
		case $NL$names$leftovers in *"$NL$entry$NL"*) continue ;; esac
		if [ -f "$STATE/profiles/$entry/declared" ] || [ -f "$STATE/profiles/$entry/pending" ]; then
			names=$names$entry$NL
		else
			leftovers=$leftovers$entry$NL
		fi
	done
	[ -n "$names" ] || [ -z "$name" ] || say "no profile $name is declared here"
}

status_command() {
	arguments '' "$@"
	[ -z "$name" ] || check_name "$name"
	begin_work
	check_arguments
	facts
	read_kernel
	declared_names
	result=
	while IFS= read -r name; do
		[ -n "$name" ] || continue
		know "$name"
		find_drift
		find_mode "$name"
		unconfined='[]'
		[ "$d_mode" = disabled ] || find_unconfined "$d_attachments"
		sha_of "$file"
		if [ -n "$sha" ] && [ "$sha" = "$d_sha" ]; then intact=true; else intact=false; fi
		if [ -z "$drift" ]; then ok=true; else ok=false; fi
		json_value "$d_hash"
		line="\"policyHash\":$json,\"fileIntact\":$intact,\"unconfined\":$unconfined,\"ok\":$ok"
		json_value "$kernel_mode"
		line="\"mode\":$json,$line"
		json_value "$d_mode"
		line="\"declaredMode\":$json,$line"
		json_string "${d_owner:-$p_owner}"
		line="{\"name\":\"$name\",\"owner\":$json,$line"
		json_list "$drift"
		result="$result${result:+,}$line,\"drift\":$json}"
	done <<EOF
$names
EOF
	answer "{\"host\":$facts,\"profiles\":[$result]}"
}

# converge_one: runs in a subshell, so that one profile's failure is not the others'.
converge_one() {
	trap leave EXIT
	take_lock "$name"
	know "$name"
	read_kernel
	find_drift
	if [ -z "$drift" ]; then exit 0; fi
	if [ -z "$d_owner" ]; then
		say "undoing an apply of $name that was interrupted"
		tidy
		[ -z "$p_owner" ] || give_back
		exit 0
	fi
	sha_of "$home/policy.$d_sha"
	[ "$sha" = "$d_sha" ] || fail "the declared policy of $name is damaged or gone: $home/policy.$d_sha; apply it again"
	policy=$(cat -- "$home/policy.$d_sha")
	owner=$d_owner mode=$d_mode policy_hash=$d_hash attachments=$d_attachments adopting=
	realise
}

converge() {
	arguments '' "$@"
	[ -z "$name" ] || check_name "$name"
	begin_work
	check_arguments
	need_apparmor
	declared_names
	result='' all_ok=true
	while IFS= read -r name; do
		[ -n "$name" ] || continue
		know "$name"
		read_kernel
		find_drift
		json_list "$drift"
		line="{\"name\":\"$name\",\"found\":$json"
		ok=true
		(converge_one) || ok=false all_ok=false
		result="$result${result:+,}$line,\"ok\":$ok}"
	done <<EOF
$names$leftovers
EOF
	answer "{\"profiles\":[$result],\"ok\":$all_ok}"
	[ "$all_ok" = true ]
}
