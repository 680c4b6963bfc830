# ---- Words and failure --------------------------------------------------------------------------------

say() { printf 'apparmor-agent: %s\n' "$1" >&2; }

last_words= # a file for what fail says: Kubernetes shows it of a container that has ended

fail() {
	say "$1"
	[ -z "$last_words" ] || printf '%s\n' "$1" | head -c 4000 >"$last_words"
	exit "${2:-1}"
}

# attempt COMMAND...: runs it; $said is what it wrote, $reason the last part of that.
attempt() {
	if said=$("$@" 2>&1); then return 0; fi
	reason=${said##*: }
	return 1
}
