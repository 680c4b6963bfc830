# ---- The work on a host: where it happens, and how it ends --------------------------------------------

SYSTEMCTL=${AGENT_SYSTEMCTL:-systemctl}
POLICIES=$ROOT/etc/apparmor.d
AGENT=$ROOT/usr/local/lib/pulumi-apparmor/apparmor-agent.sh
END='# pulumi-apparmor: end of policy'

undo=     # what a failure must undo: nothing, "claim" or "swap"
lock=     # the lock that is held
touched=  # yes once the kernel has been changed

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
