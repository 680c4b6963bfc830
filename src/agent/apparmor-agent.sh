#!/bin/sh
# apparmor-agent.sh: puts AppArmor profiles on this host for pulumi-apparmor. Managed by Pulumi; do not edit.
#
# Usage:
#   apparmor-agent.sh install --owner OWNER [--version VERSION]
#       Moves this file into place, remembers OWNER, prints facts about the host.
#   apparmor-agent.sh uninstall --owner OWNER
#       Forgets OWNER. Removes the agent and its folders once no owner and no profile is left.
#   apparmor-agent.sh apply NAME --owner OWNER --mode enforce|complain|kill|unconfined|disabled
#         [--policy-hash HEX] [--attachment PATTERN]... [--restart UNIT]... [--adopt]
#         [--source LABEL]... [--lines START:INDEX:LINE,...]      (the policy comes on stdin)
#       Installs and loads the policy, or changes nothing. Its last line must be
#       "# pulumi-apparmor: end of policy". --lines maps the policy's lines to those of the sources: from line
#       START on, line START+k is line LINE+k of --source number INDEX (the first is 0).
#   apparmor-agent.sh remove NAME --owner OWNER
#       Unloads and deletes the profile; gives back what --adopt took over.
#   apparmor-agent.sh status [NAME]
#       Prints what is declared and what the kernel has. "ok" tells whether they agree; processes that still
#       run unconfined are listed and do not count against it.
#   apparmor-agent.sh converge [NAME]
#       Makes file and kernel what was declared; undoes what an interrupted apply left.
#
# JSON on stdout, words on stderr. Exit status: 0 done; 1 failed and the host is as it was (converge: something
# still differs); 2 wrong arguments; 3 failed and could not be undone whole: run converge.
#
# It needs apparmor_parser and coreutils, and systemctl for --restart. Every file is written aside and renamed.
# What is declared lies in /var/lib/pulumi-apparmor/profiles/NAME/:
#   declared             what the last successful apply declared, a KEY=VALUE a line
#   policy.SHA256        the text of that policy
#   pending              there while an apply is under way, so that what it left is known as ours
#   adopted, original    where a profile that others had made was found, and its file
#
# For tests: AGENT_ROOT (put before /etc, /var, /run, /usr/local, /proc, /sys), AGENT_SECURITYFS
# (/sys/kernel/security), AGENT_PARSER, AGENT_SYSTEMCTL, AGENT_UNLOADER (a program that is given the name of
# the profile to unload, instead of the kernel's .remove file), AGENT_LOCK_WAIT (seconds; 60).

set -u
umask 022
# Bytes, not characters: sizes are right and odd file names do no harm. And the parser speaks English.
export LC_ALL=C
export PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"

ROOT=${AGENT_ROOT-}
SECURITYFS=${AGENT_SECURITYFS:-$ROOT/sys/kernel/security}/apparmor
PARSER=${AGENT_PARSER:-apparmor_parser}
SYSTEMCTL=${AGENT_SYSTEMCTL:-systemctl}
POLICIES=$ROOT/etc/apparmor.d
STATE=$ROOT/var/lib/pulumi-apparmor
LOCKS=$ROOT/run/pulumi-apparmor
AGENT=$ROOT/usr/local/lib/pulumi-apparmor/apparmor-agent.sh
END='# pulumi-apparmor: end of policy'
NL='
'

# ---- Words, failure, clean-up -------------------------------------------------------------------------

undo=     # what a failure must undo: nothing, "claim" or "swap"
lock=     # the lock that is held
touched=  # yes once the kernel has been changed

say() { printf 'apparmor-agent: %s\n' "$1" >&2; }

fail() {
	say "$1"
	exit "${2:-1}"
}

# The caller may be gone: that is no failure.
answer() { printf '%s\n' "$1" 2>/dev/null || true; }

# The EXIT trap: however a command ends, nothing half done stays behind.
leave() {
	status=$?
	trap - EXIT
	if [ -n "$undo" ] && ! (rollback); then
		say "the above could not be undone whole: run $AGENT converge ${name-}"
		status=3
	fi
	if [ -n "$lock" ]; then
		[ -z "${aside-}" ] || rm -f -- "$aside"
		[ -z "${aside-}" ] || [ "$status" -eq 3 ] || rm -f -- "$old"
		rm -f -- "$lock"
	fi
	exit "$status"
}

# From here on neither a lost connection nor Ctrl-C stops the work half way.
begin_work() {
	trap '' HUP INT PIPE TERM
	trap leave EXIT
	[ -n "$ROOT" ] || [ "$(id -u)" = 0 ] ||
		fail 'must run as root: connect as root, or let the user run it by "sudo -n" (a NOPASSWD line in sudoers)'
}

# attempt COMMAND...: runs it; $said is what it wrote, $reason the last part of that.
attempt() {
	if said=$("$@" 2>&1); then return 0; fi
	reason=${said##*: }
	return 1
}

# ---- Files: written aside, synced, renamed ------------------------------------------------------------

# write FILE TEXT; through cat, because not every shell's printf tells why a write failed. Where the file cannot be
# opened, printf may or may not meet a pipe without a reader: what it says of that would hide the reason.
write() {
	said=$({ printf '%s\n' "$2" 2>/dev/null | cat >"$1"; } 2>&1) && return
	rm -f -- "$1"
	fail "cannot write $1: ${said##*: }"
}

sync_files() { sync -- "$@" 2>/dev/null || sync; }

rename() { attempt mv -f -- "$1" "$2" || fail "cannot rename $1 to $2: $reason"; }

# put FILE TEXT: afterwards the file holds the whole old or the whole new text.
put() {
	write "$1.new" "$2"
	sync_files "$1.new"
	rename "$1.new" "$1"
}

make_folder() { attempt mkdir -p -m "$2" -- "$1" || fail "cannot make the folder $1: $reason"; }

delete() { attempt rm -f -- "$@" || fail "cannot delete $*: $reason"; }

# sha_of FILE: sets $sha, empty where there is no such file.
sha_of() {
	sha=
	[ ! -f "$1" ] || sha=$(sha256sum <"$1")
	sha=${sha%% *}
}

present() { [ -e "$1" ] || [ -L "$1" ]; }

# ---- JSON ---------------------------------------------------------------------------------------------

# json_string TEXT: sets $json.
json_string() {
	json='"'
	json_rest=$1
	while :; do
		json_plain=${json_rest%%[\"\\[:cntrl:]]*}
		json=$json$json_plain
		json_rest=${json_rest#"$json_plain"}
		[ -n "$json_rest" ] || break
		json_char=${json_rest%"${json_rest#?}"}
		json_rest=${json_rest#?}
		case $json_char in
			[\"\\]) json=$json\\$json_char ;;
			*) json=$json$(printf '\\u%04x' "'$json_char") ;;
		esac
	done
	json=$json\"
}

# json_value TEXT: a string, or null where it is empty.
json_value() {
	json=null
	[ -z "$1" ] || json_string "$1"
}

# json_list LINES: an array of strings.
json_list() {
	json_items=
	while IFS= read -r json_line; do
		[ -n "$json_line" ] || continue
		json_string "$json_line"
		json_items=$json_items${json_items:+,}$json
	done <<EOF
$1
EOF
	json=[$json_items]
}

# ---- Arguments ----------------------------------------------------------------------------------------

problems=
problem() { problems=$problems$NL"  $1"; }

# arguments "OPTION..." ARGUMENT...: sets a variable an option, and $name; notes what is wrong in $problems.
arguments() {
	allowed=$1
	shift
	name='' owner='' version='' mode='' policy_hash='' attachments='' units='' sources='' lines='' adopt=''
	while [ $# -gt 0 ]; do
		case $1 in
			-*) ;;
			*)
				[ -z "$name" ] || problem "unexpected argument: $1"
				name=$1
				shift
				continue
				;;
		esac
		case " $allowed " in *" $1 "*) ;; *) problem "unknown option: $1" ;; esac
		if [ "$1" = --adopt ]; then
			adopt=yes
			shift
			continue
		fi
		if [ $# -lt 2 ]; then
			problem "$1 needs a value"
			break
		fi
		case $2 in *[[:cntrl:]]*) problem "$1: a control character in the value" ;; esac
		case $1 in
			--owner) owner=$2 ;;
			--version) version=$2 ;;
			--mode) mode=$2 ;;
			--policy-hash) policy_hash=$2 ;;
			--attachment) attachments=$attachments$2$NL ;;
			--restart) units=$units$2$NL && check_unit "$2" ;;
			--source) sources=$sources$2$NL ;;
			--lines) lines=$2 && check_lines "$2" ;;
		esac
		shift 2
	done
	case " $allowed " in *' --owner '*)
		[ -n "$owner" ] || problem '--owner is missing'
		[ ${#owner} -le 500 ] || problem '--owner is longer than 500 bytes'
		;;
	esac
}

# The name is a file in /etc/apparmor.d that boot must load, a label in the kernel, and a word.
check_name() {
	case $1 in
		'') problem 'NAME is missing' ;;
		unconfined) problem "NAME \"$1\" is AppArmor's word for no profile at all" ;;
		[!A-Za-z0-9_]* | *[!A-Za-z0-9._+-]* | *..*)
			problem "NAME \"$1\": it may hold letters, digits and . _ + -, starts with a letter, a digit or _, and has no \"..\"" ;;
		*.dpkg-new | *.dpkg-old | *.dpkg-dist | *.dpkg-bak | *.dpkg-remove | *.pacsave | *.pacnew | *.rpmnew | *.rpmsave | \
			*.orig | *.rej | *~ | *.disabled) problem "NAME \"$1\": AppArmor passes over files with this ending" ;;
	esac
	[ ${#1} -le 200 ] || problem 'NAME is longer than 200 characters'
}

check_unit() {
	case $1 in '' | -* | *[!A-Za-z0-9:_.@\\-]*) problem "--restart \"$1\" is not the name of a systemd unit" ;; esac
}

check_lines() {
	check_rest=$1,
	while [ -n "$check_rest" ]; do
		check_entry=${check_rest%%,*}
		check_rest=${check_rest#*,}
		case :$check_entry: in
			*[!0-9:]* | *::* | *:0[0-9]* | *[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*) ;;
			:*:*:*:*:) ;;
			:*:*:*:) continue ;;
		esac
		problem "--lines: \"$check_entry\" is not START:INDEX:LINE"
		return
	done
}

check_arguments() { [ -z "$problems" ] || fail "wrong arguments, nothing was changed:$problems" 2; }

# ---- The host and its kernel --------------------------------------------------------------------------

# apparmor_state: sets $off, why AppArmor cannot be used here; empty where it can.
apparmor_state() {
	off=
	enabled=
	[ ! -r "$ROOT/sys/module/apparmor/parameters/enabled" ] || read -r enabled <"$ROOT/sys/module/apparmor/parameters/enabled"
	if [ ! -d "$ROOT/sys/module/apparmor" ]; then
		off='AppArmor is absent from this kernel: boot one that is built with CONFIG_SECURITY_APPARMOR'
	elif [ "$enabled" != Y ]; then
		off='AppArmor is disabled by a boot parameter: boot with apparmor=1 security=apparmor, or name apparmor in lsm='
	elif [ ! -e "$SECURITYFS/profiles" ]; then
		off="securityfs is not mounted: mount -t securityfs securityfs ${SECURITYFS%/apparmor}"
	fi
}

need_apparmor() {
	apparmor_state
	[ -z "$off" ] || fail "$off; nothing was changed"
	command -v "$PARSER" >/dev/null 2>&1 ||
		fail "apparmor_parser is not installed: install the package apparmor (apt-get install apparmor); nothing was changed"
	[ -d "$POLICIES" ] || fail "there is no folder $POLICIES: install the package apparmor; nothing was changed"
}

# read_kernel: sets $kernel, a line "NAME (MODE)" a loaded profile, with a newline at both ends.
read_kernel() { kernel=$NL$(cat "$SECURITYFS/profiles" 2>/dev/null)$NL; }

# find_mode NAME: sets $kernel_mode, empty where the profile is not loaded.
find_mode() {
	kernel_mode=
	case $kernel in
		*"$NL$1 ("*)
			kernel_mode=${kernel#*"$NL$1 ("}
			kernel_mode=${kernel_mode%%")$NL"*}
			;;
	esac
}

# unload NAME: its children go with it.
unload() {
	read_kernel
	find_mode "$1"
	[ -n "$kernel_mode" ] || return 0
	if [ -n "${AGENT_UNLOADER-}" ]; then
		attempt "$AGENT_UNLOADER" "$1" || return 1
	else
		said=$({ printf '%s' "$1" >"$SECURITYFS/.remove"; } 2>&1) || { reason=${said##*: } && return 1; }
	fi
	read_kernel
	find_mode "$1"
	[ -z "$kernel_mode" ] || { reason='the kernel still has it' && return 1; }
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

# facts: sets $facts, a JSON object about this host.
facts() {
	apparmor_state
	json_value "$off"
	facts=$json
	[ -n "$off" ] && facts="\"apparmor\":false,\"reason\":$facts" || facts='"apparmor":true'
	parser=
	if attempt "$PARSER" --version; then
		parser=${said%%"$NL"*}
		parser=${parser##* }
	fi
	json_value "$parser"
	facts="$facts,\"parser\":$json"
	abi='' abi_major=-1 abi_minor=-1
	for entry in "$POLICIES"/abi/[0-9]*.[0-9]*; do
		entry=${entry##*/}
		case $entry in *[!0-9.]* | *.*.* | 0[0-9]* | *.0[0-9]*) continue ;; esac
		[ "${entry%.*}" -gt "$abi_major" ] || { [ "${entry%.*}" -eq "$abi_major" ] && [ "${entry#*.}" -gt "$abi_minor" ]; } || continue
		abi=$entry abi_major=${entry%.*} abi_minor=${entry#*.}
	done
	json_value "$abi"
	facts="$facts,\"abi\":$json"
	json_value "$(uname -r)"
	facts="$facts,\"kernel\":$json"
	os=
	if [ -r "$ROOT/etc/os-release" ]; then
		while IFS= read -r line; do
			case $line in PRETTY_NAME=*) os=${line#*=} os=${os#[\"\']} os=${os%[\"\']} ;; esac
		done <"$ROOT/etc/os-release"
	fi
	json_value "$os"
	facts="$facts,\"os\":$json"
	sha_of "$AGENT"
	json_value "${sha%"${sha#????????????}"}"
	facts="{\"agent\":$json,$facts}"
}

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

# ---- Apply: the steps ---------------------------------------------------------------------------------

# find_foreign: sets $foreign_file and $foreign_mode where others have made a profile of this name, in this
# file or in another one. Asked only before the first apply, so it may read every file.
find_foreign() {
	foreign_file=
	find_mode "$name"
	foreign_mode=$kernel_mode
	if present "$file"; then
		foreign_file=$file
		return
	fi
	# The parser takes its time: ask it only about files in which the name appears.
	case $(cat -- "$POLICIES"/* 2>/dev/null | tr -d '\0') in *"$name"*) ;; *) return ;; esac
	for entry in "$POLICIES"/*; do
		[ -f "$entry" ] || continue
		case $(cat -- "$entry" 2>/dev/null | tr -d '\0') in *"$name"*) ;; *) continue ;; esac
		names=$("$PARSER" -q -Q -K -N "$entry" 2>/dev/null)
		case $NL$names$NL in *"$NL$name$NL"*) foreign_file=$entry ;; *) continue ;; esac
		find_others "$names"
		return
	done
}

# find_others NAMES: sets $others, those that are neither $name nor its children.
find_others() {
	others=
	while IFS= read -r line; do
		case $line in '' | "$name" | "$name//"*) ;; *) others="$others $line" ;; esac
	done <<EOF
$1
EOF
}

# check_ownership: refuses what others have declared or made; with --adopt, notes what to keep.
check_ownership() {
	adopting=
	[ ! -d "$file" ] || fail "$file is a folder of AppArmor's own: choose another profile name; nothing was changed"
	for other in "$d_owner" "$p_owner"; do
		[ -z "$other" ] || [ "$other" = "$owner" ] || [ -n "$adopt" ] ||
			fail "the profile $name is declared by $other: remove it there, or adopt it; nothing was changed"
	done
	[ -z "$d_owner" ] || return 0
	sha_of "$file"
	if [ -n "$p_owner" ] && { ! present "$file" || [ "$sha" = "$p_sha" ]; }; then return 0; fi
	others=
	find_foreign
	[ -n "$foreign_file$foreign_mode" ] || return 0
	what="a profile $name"
	[ -z "$foreign_file" ] || what="$what in $foreign_file"
	[ -z "$foreign_mode" ] || what="$what, loaded in ${foreign_mode} mode,"
	[ -n "$adopt" ] ||
		fail "there is already $what that pulumi-apparmor did not make: remove it, choose another name, or adopt it; nothing was changed"
	[ -z "$others" ] || fail "cannot adopt $name from $foreign_file, which declares other profiles too:$others; nothing was changed"
	adopting=yes
}

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

# other_owners: sets $others, the owners but for $owner, a line each.
other_owners() {
	others=
	[ -f "$STATE/owners" ] || return 0
	while IFS= read -r line; do
		[ -z "$line" ] || [ "$line" = "$owner" ] || others=$others$line$NL
	done <"$STATE/owners"
}

install() {
	arguments '--owner --version' "$@"
	[ -z "$name" ] || problem "unexpected argument: $name"
	begin_work
	check_arguments
	take_lock .install
	sha_of "$0"
	[ -z "$version" ] || [ "${sha#"$version"}" != "$sha" ] ||
		fail "$0 did not arrive whole: it is not version $version. Nothing was installed; run again"
	make_folder "$STATE" 0700
	other_owners
	put "$STATE/owners" "$others$owner"
	if [ "$(readlink -f -- "$0")" != "$(readlink -f -- "$AGENT")" ]; then
		make_folder "${AGENT%/*}" 0755
		attempt chmod 0755 -- "$0" || fail "cannot make $0 executable: $reason"
		sync_files "$0"
		rename "$0" "$AGENT"
	fi
	facts
	answer "$facts"
}

uninstall() {
	arguments '--owner' "$@"
	[ -z "$name" ] || problem "unexpected argument: $name"
	begin_work
	check_arguments
	[ -d "$STATE" ] || fail 'already gone' 0
	take_lock .install
	other_owners
	put "$STATE/owners" "$others"
	declared_names
	if [ -n "$others$names" ]; then
		say "the agent stays: it also serves $(printf '%s' "$others$names" | tr '\n' ' ')"
		return
	fi
	rm -rf -- "$STATE"
	rm -f -- "$AGENT"
	rm -f -- "$lock"
	lock=
	# What is not empty is not ours alone.
	rmdir -- "${AGENT%/*}" "$LOCKS" 2>/dev/null || true
}

usage() {
	say 'usage: apparmor-agent.sh COMMAND
  install|uninstall --owner OWNER
  apply NAME --owner OWNER --mode enforce|complain|kill|unconfined|disabled [OPTION...] <POLICY
  remove NAME --owner OWNER
  status|converge [NAME]'
	exit 2
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
	apply | remove | converge | install | uninstall) "$command" "$@" ;;
	status) status_command "$@" ;;
	*) usage ;;
esac
