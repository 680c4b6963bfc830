# ---- Files and folders --------------------------------------------------------------------------------

rename() { attempt mv -f -- "$1" "$2" || fail "cannot rename $1 to $2: $reason"; }

make_folder() { attempt mkdir -p -m "$2" -- "$1" || fail "cannot make the folder $1: $reason"; }

delete() { attempt rm -f -- "$@" || fail "cannot delete $*: $reason"; }
