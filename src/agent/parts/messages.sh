# ---- The parser's messages ----------------------------------------------------------------------------

# locate LINE: sets $located, "SOURCE:LINE" of a line of the policy; empty where --lines tells nothing.
locate() {
	located=
	map_rest=$lines${lines:+,}
	while [ -n "$map_rest" ]; do
		entry=${map_rest%%,*}
		map_rest=${map_rest#*,}
		[ "${entry%%:*}" -le "$1" ] || break
		index=${entry#*:}
		index=${index%:*}
		label=$sources
		while [ "$index" -gt 0 ]; do
			label=${label#*"$NL"}
			index=$((index - 1))
		done
		located=${label%%"$NL"*}:$((${entry##*:} + $1 - ${entry%%:*}))
	done
}

# explain WORDS FILE: sets $explained: the parser's words, in terms of the sources of the policy in FILE.
explain() {
	explained=
	while IFS= read -r line; do
		case $line in
			'' | 'Cache read/write disabled'*) continue ;;
			*' error for '*' at line '[0-9]*': '*)
				message=${line#*' at line '}
				number=${message%%:*}
				message=${message#*: }
				where=${line%%' at line '*}
				where=${where#*' error for '}
				where=${where##*' in profile '}
				if [ "$where" = "$2" ]; then
					locate "$number"
					text=$(head -n "$number" -- "$2" | tail -n 1)
					line="${located:-line $number}: $message (line $number of the rendered policy: \"$text\")"
				else
					line="$where:$number: $message"
				fi
				;;
		esac
		while :; do
			case $line in *"$2"*) line=${line%%"$2"*}'the policy'${line#*"$2"} ;; *) break ;; esac
		done
		explained=$explained$NL"  $line"
	done <<EOF
$1
EOF
}
