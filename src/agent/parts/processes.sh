# ---- Processes ----------------------------------------------------------------------------------------

# label_of PID: sets $label.
label_of() {
	label=
	for entry in "$ROOT/proc/$1/attr/apparmor/current" "$ROOT/proc/$1/attr/current"; do
		if { IFS= read -r label <"$entry"; } 2>/dev/null; then return; fi
	done
}

# confined_by NAME PID: also where the process is in a child of NAME, or in a stack of profiles.
confined_by() {
	label_of "$2"
	case "//&${label% (*}//" in *"//&$1//"*) return 0 ;; esac
	return 1
}

# expand_patterns LINES: sets $patterns, a shell pattern a line for each path that an attachment stands for.
expand_patterns() {
	patterns=
	todo=$1
	while [ -n "$todo" ]; do
		pattern=${todo%%"$NL"*}
		todo=${todo#*"$NL"}
		case $pattern in
			'') continue ;;
			*'@{'*'}'*) # a variable: anything
				tail=${pattern#*'@{'}
				todo=${pattern%%'@{'*}'**'${tail#*'}'}$NL$todo
				continue
				;;
			*'[^'*)
				todo=${pattern%%'[^'*}'[!'${pattern#*'[^'}$NL$todo
				continue
				;;
		esac
		# {a,b}: the innermost first, the last "{" before the first "}".
		head=${pattern%%'}'*}
		case $pattern.$head in *'}'*.*'{'*) ;; *) patterns=$patterns$pattern$NL && continue ;; esac
		tail=${pattern#*'}'}
		inner=${head##*'{'},
		head=${head%'{'*}
		while [ -n "$inner" ]; do
			todo=$head${inner%%,*}$tail$NL$todo
			inner=${inner#*,}
		done
	done
}

count_slashes() {
	slashes=0
	slash_rest=$1
	while :; do
		case $slash_rest in */*) ;; *) break ;; esac
		slashes=$((slashes + 1))
		slash_rest=${slash_rest#*/}
	done
}

# attaches PATH: whether one of $patterns stands for it. The shell's "*" also crosses "/", AppArmor's does not:
# without a "**", both sides must have as many slashes.
attaches() {
	attach_rest=$patterns
	while [ -n "$attach_rest" ]; do
		pattern=${attach_rest%%"$NL"*}
		attach_rest=${attach_rest#*"$NL"}
		# shellcheck disable=SC2254 # it is a pattern
		case $1 in $pattern) ;; *) continue ;; esac
		case $pattern in *'**'*) return 0 ;; esac
		count_slashes "$1"
		path_slashes=$slashes
		count_slashes "$pattern"
		[ "$slashes" -ne "$path_slashes" ] || return 0
	done
	return 1
}

# find_unconfined LINES: sets $unconfined, a JSON array of the processes that match an attachment and run
# unconfined: they started before the profile was loaded.
find_unconfined() {
	unconfined=
	expand_patterns "$1"
	while IFS= read -r line; do
		case $line in *' -> '*) ;; *) continue ;; esac
		pid=${line#"$ROOT/proc/"}
		pid=${pid%%/*}
		exe=${line#*' -> '}
		exe=${exe%' (deleted)'}
		[ -n "$patterns" ] || break
		if ! attaches "$exe"; then
			# A script: what attaches is its own path, the first or second word of the command line.
			case ${exe##*/} in *sh | python* | perl* | ruby* | node* | php* | busybox | lua* | tclsh*) ;; *) continue ;; esac
			words=$(head -c 4096 "$ROOT/proc/$pid/cmdline" 2>/dev/null | tr '\0' '\n')$NL
			script=${words#*"$NL"}
			script=${script%%"$NL"*}
			attaches "${words%%"$NL"*}" || attaches "$script" || continue
		fi
		label_of "$pid"
		[ "$label" = unconfined ] || continue
		comm=
		{ IFS= read -r comm <"$ROOT/proc/$pid/comm"; } 2>/dev/null
		json_string "$exe"
		process=$json
		json_string "$comm"
		unconfined="$unconfined${unconfined:+,}{\"pid\":$pid,\"comm\":$json,\"exe\":$process}"
	done <<EOF
$(QUOTING_STYLE=literal stat -c %N "$ROOT"/proc/[0-9]*/exe 2>/dev/null)
EOF
	# The kernel cuts names off in the middle of a character: what is not ASCII may not be UTF-8 either.
	unconfined=$(printf '%s' "[$unconfined]" | tr '\200-\377' '?')
}

check_units_exist() {
	[ -z "$units" ] || command -v "$SYSTEMCTL" >/dev/null 2>&1 || fail '--restart needs systemctl; nothing was changed'
	while IFS= read -r unit; do
		[ -z "$unit" ] || [ "$("$SYSTEMCTL" show -p LoadState --value -- "$unit" 2>/dev/null)" != not-found ] ||
			fail "--restart: systemd knows no unit $unit; nothing was changed"
	done <<EOF
$units
EOF
}

# restart_units: restarts those whose main process does not run under the profile yet; sets $restarted.
restart_units() {
	while IFS= read -r unit; do
		if [ -z "$unit" ] || [ "$mode" = disabled ]; then continue; fi
		pid=$("$SYSTEMCTL" show -p MainPID --value -- "$unit" 2>/dev/null)
		case $pid in '' | 0 | *[!0-9]*) say "$unit is not running: not restarted" && continue ;; esac
		if confined_by "$name" "$pid"; then continue; fi
		restarted=$restarted$unit$NL
		attempt "$SYSTEMCTL" restart -- "$unit" || fail "systemctl restart $unit failed: $said"
	done <<EOF
$units
EOF
	[ -n "$restarted" ] || return 0
	# A service that the profile stops from working may die right after its start.
	sleep 1
	while IFS= read -r unit; do
		[ -z "$unit" ] || attempt "$SYSTEMCTL" is-active -- "$unit" || fail "$unit does not stay up after its restart: $said"
	done <<EOF
$restarted
EOF
}
