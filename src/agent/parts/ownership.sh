# ---- Apply: whose the profile is ----------------------------------------------------------------------

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
