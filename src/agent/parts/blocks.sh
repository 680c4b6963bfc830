# ---- What blocks in complain mode ---------------------------------------------------------------------

# find_blocks: sets $blocks, a line for each deny rule of the policy with all that it includes: the kernel
# enforces these in complain mode too.
find_blocks() {
	blocks=
	rule=
	while IFS= read -r line; do
		case $line in '#'*) line= ;; *[[:blank:]]'#'*) line=${line%%[[:blank:]]'#'*} ;; esac
		line="$line "
		while :; do
			line=${line#"${line%%[![:blank:]]*}"}
			[ -n "$line" ] || break
			case $line in
				*,[[:blank:]]*)
					rule="$rule${line%%,[[:blank:]]*},"
					line=${line#*,[[:blank:]]}
					;;
				*)
					rule="$rule$line"
					line=
					;;
			esac
			# What precedes the rule on its line: a profile's head, the end of a block.
			case $rule in *'{ '*) rule=${rule##*'{ '} ;; esac
			while :; do case $rule in '} '*) rule=${rule#'} '} ;; *) break ;; esac done
			case $rule in
				deny[[:blank:]]*, | audit[[:blank:]]*deny[[:blank:]]*, | priority=*[[:blank:]]deny[[:blank:]]*,) blocks=$blocks$rule$NL ;;
				deny[[:blank:]]* | audit[[:blank:]]* | priority=*) case $rule in *,) ;; *) continue ;; esac ;;
			esac
			rule=
		done
	done <<EOF
$("$PARSER" -q -Q -K -p "$file" 2>/dev/null)
EOF
}
