# ---- Coming to a host, leaving it ---------------------------------------------------------------------

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
	# On a node of a cluster, a loader has a folder of its own there.
	rm -rf -- "$STATE/profiles" "$STATE/owners"
	rmdir -- "$STATE" 2>/dev/null || true
	rm -f -- "$AGENT"
	rm -f -- "$lock"
	lock=
	# What is not empty is not ours alone.
	rmdir -- "${AGENT%/*}" "$LOCKS" 2>/dev/null || true
}
