# ---- The loader: loading -------------------------------------------------------------------------------

# refuse TEXT: notes why $name is not as declared; $failures counts.
refuse() {
	printf '%s\n' "$1" >"$RUN/errors/$name"
	failures=$((failures + 1))
	say "node $node: $1"
}

# unpack FOLDER: the declared policies of $loads, where the parser can read them: the node's own sees no ConfigMap.
unpack() {
	scratch=$SCRATCH.$key.$instance
	rm -rf -- "$scratch"
	make_folder "$scratch" 0700
	files='' packed=
	for entry in $loads; do
		files="$files ${entry#*/}"
		case $entry in *.gz) packed="$packed ${entry#*/}" ;; esac
	done
	# shellcheck disable=SC2086 # names of files without blanks
	said=$({ cd -- "$1" && cp -L -- $files "$scratch/" && cd -- "$scratch" && { [ -z "$packed" ] || gzip -d -- $packed; }; } 2>&1) ||
		end_badly "cannot unpack the policies: $said"
}

# load_all FOLDER: loads what $loads names, words NAME/FILE, many with one call of the parser. A set of which one
# policy is refused is halved until the one is found, so that it keeps no other from being loaded.
load_all() {
	unpack "$1"
	sets=
	set_of=
	count=0
	for entry in $loads; do
		set_of="$set_of $entry"
		count=$((count + 1))
		[ $((count % 50)) -ne 0 ] || { sets=$sets$set_of$NL && set_of=; }
	done
	sets=$sets$set_of$NL
	parser_runs=
	while [ -n "$sets" ] && still_in_charge; do
		[ "$state_of_instance" = ready ] || take_charge starting
		set_of=${sets%%"$NL"*}
		sets=${sets#*"$NL"}
		[ -n "$set_of" ] || continue
		! load_set || continue
		[ -n "$parser_runs" ] || need_parser
		first='' second='' count=0
		for entry in $set_of; do count=$((count + 1)); done
		half=$(((count + 1) / 2))
		[ "$count" -gt 1 ] || { refuse_policy && continue; }
		for entry in $set_of; do
			if [ "$half" -gt 0 ]; then first="$first $entry"; else second="$second $entry"; fi
			half=$((half - 1))
		done
		sets=$first$NL$second$NL$sets
	done
	rm -rf -- "$scratch"
}

# load_set: loads the profiles of $set_of, or fails; $trouble says at what.
load_set() {
	set --
	loading_names=
	for entry in $set_of; do
		loading_names="$loading_names ${entry%%/*}"
		entry=$scratch/${entry#*/}
		set -- "$@" "${entry%.gz}"
	done
	# The names first: a policy may declare its own profile only. One process, so that they come in the files' order.
	# What else is wrong with a policy shows when it is loaded: the parser compiles it whole before the kernel gets it.
	trouble=refused
	run_parser -q -Q -K -N --jobs=1 "$@"
	[ "$result" -eq 0 ] || return 1
	trouble=names
	names_rest=$names$NL
	for entry in $set_of; do
		[ "${names_rest%%"$NL"*}" = "${entry%%/*}" ] || return 1
		names_rest=${names_rest#*"$NL"}
		while :; do
			case $names_rest in "${entry%%/*}"//*) names_rest=${names_rest#*"$NL"} ;; *) break ;; esac
		done
	done
	[ -z "$names_rest" ] || return 1
	declared_children=$NL$names$NL$declared_children
	trouble=loading
	note_loading
	run_parser -q -r -K --jobs=2 "$@"
	[ "$result" -eq 0 ]
}

# refuse_policy: says why the one policy in $set_of was not loaded.
refuse_policy() {
	set_of=${set_of# }
	name=${set_of%%/*}
	file=$scratch/${set_of#*/}
	lines='' sources=''
	explain "$said" "${file%.gz}"
	join_lines "$explained"
	case $trouble in
		refused) refuse "apparmor_parser refuses the policy of $name; what the node had of it stays:$joined" ;;
		names) refuse "the policy of $name must declare the profile $name and no other; it declares: $(printf '%s' "$names" | tr '\n' ' ')" ;;
		loading) refuse "the policy of $name could not be loaded; what the node had of it stays:$joined" ;;
	esac
}

# join_lines EXPLAINED: sets $joined, the same on one line: Pulumi shows of a container's last words the first line only.
join_lines() {
	joined=$1
	while :; do
		case $joined in *"$NL  "*) joined=${joined%%"$NL  "*}" "${joined#*"$NL  "} ;; *) return ;; esac
	done
}

# drop_stale_children: unloads the children of $name that its new policy has no more: on a replace the kernel keeps them.
# Fails at the first that it cannot unload.
drop_stale_children() {
	for entry in "$k_dir"/profiles/*; do
		{ IFS= read -r part <"$entry/name"; } 2>/dev/null || continue
		part=$name//${part#"$name//"}
		case $declared_children in *"$NL$part$NL"*) continue ;; esac
		case $w_mode.$part in complain."$name//null-"*) continue ;; esac
		unload "$part" && continue
		refuse "cannot unload $part, which the policy no longer declares: $reason"
		return 1
	done
}
