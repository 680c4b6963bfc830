# ---- The loader: the node that it runs on --------------------------------------------------------------

TAB=$(printf '\t')
RUN=$LOCKS
LOADER=$STATE/loader
SCRATCH=$LOADER/scratch
NODE_ROOT=${AGENT_NODE_ROOT-}
NODE_PROC=${NODE_ROOT:-$ROOT/host}/proc
child= # the process that the loader waits for

# know_node: sets $node, $boot and $key, which stands for the owner where a file needs a name.
know_node() {
	node=${NODE_NAME:-$(uname -n)}
	owner=${AGENT_OWNER-}
	[ -n "$owner" ] || end_badly 'AGENT_OWNER is not set: it says whose profiles these are'
	case $owner in *[[:cntrl:]]*) end_badly 'AGENT_OWNER holds a control character' ;; esac
	boot=unknown
	{ IFS= read -r boot <"$ROOT/proc/sys/kernel/random/boot_id"; } 2>/dev/null
	key=$(printf '%s' "$owner" | sha256sum)
	key=${key%"${key#????????????}"}
}

# read_uptime: sets $uptime, the seconds since the node's boot.
read_uptime() {
	uptime=0
	{ read -r uptime _ <"$ROOT/proc/uptime"; } 2>/dev/null
	uptime=${uptime%%.*}
}

# end_badly TEXT
end_badly() {
	rm -f -- "$RUN/ready"
	case $state_of_instance in starting | ready) end_loading && give_up ;; esac
	fail "node $node: $1"
}

# run_parser ARGUMENT...: the node's own parser or the image's; sets $result, $names (its stdout) and $said.
# In the background, because a shell that waits hears signals.
run_parser() {
	if [ -n "$NODE_ROOT" ]; then set -- chroot "$NODE_ROOT" "$PARSER" "$@"; else set -- "$PARSER" "$@"; fi
	"$@" >"$RUN/.names" 2>"$RUN/.said" </dev/null &
	child=$!
	wait "$child"
	result=$?
	child=
	names=$(cat "$RUN/.names")
	said=$(cat "$RUN/.said")
}

# need_parser: ends the loader where there is no parser; it is asked for when one has failed, for a start of it takes time.
need_parser() {
	failed_names=$names failed_words=$said
	run_parser --version
	parser_runs=yes
	[ "$result" -ne 0 ] || { names=$failed_names said=$failed_words && return; }
	[ -z "$NODE_ROOT" ] || end_badly "the node's own apparmor_parser does not run: install the package apparmor on it, or use the one in the loader's image (parser: \"image\"): $said"
	end_badly "this image has no apparmor_parser that runs: use images/loader, or the node's own parser (parser: \"node\"): $said"
}

# read_labels: sets $labels, what the node's processes run under, and $seen where any can be seen.
read_labels() {
	labels=//
	seen=
	for entry in "$NODE_PROC"/[0-9]*/task/[0-9]*/attr; do
		{ IFS= read -r label <"$entry/apparmor/current" || IFS= read -r label <"$entry/current"; } 2>/dev/null || continue
		seen=yes
		label="//&${label% (*}//"
		case $labels in *"$label"*) ;; *) labels=$labels$label ;; esac
	done
}

# in_use NAME: whether a process runs under it, a child of it, or a stack with it.
in_use() { case $labels in *"//&$1//"*) return 0 ;; *) return 1 ;; esac }
