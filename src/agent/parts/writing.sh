# ---- Files: written aside, synced, renamed ------------------------------------------------------------

# write FILE TEXT; through cat, because not every shell's printf tells why a write failed. Where the file cannot be
# opened, printf may or may not meet a pipe without a reader: what it says of that would hide the reason.
write() {
	said=$({ printf '%s\n' "$2" 2>/dev/null | cat >"$1"; } 2>&1) && return
	rm -f -- "$1"
	fail "cannot write $1: ${said##*: }"
}

sync_files() { sync -- "$@" 2>/dev/null || sync; }

# put FILE TEXT: afterwards the file holds the whole old or the whole new text.
put() {
	write "$1.new" "$2"
	sync_files "$1.new"
	rename "$1.new" "$1"
}

# sha_of FILE: sets $sha, empty where there is no such file.
sha_of() {
	sha=
	[ ! -f "$1" ] || sha=$(sha256sum <"$1")
	sha=${sha%% *}
}

present() { [ -e "$1" ] || [ -L "$1" ]; }
