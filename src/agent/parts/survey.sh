# ---- The loader: what is declared, claimed and loaded --------------------------------------------------

# read_declared FOLDER: writes $RUN/.wanted, a line "NAME 3 MODE HASH FILE SHA" a declared profile; sets
# $declared_count.
read_declared() {
	[ -r "$1/declared" ] || end_badly "there is no file $1/declared"
	files='' wrong=''
	number=0
	while IFS=$TAB read -r name mode hash file rest || [ -n "$name" ]; do
		number=$((number + 1))
		problems=
		if [ -z "$file" ] || [ -n "$rest" ]; then problem 'it is not NAME, MODE, HASH and FILE with a tab between'; fi
		check_name "$name"
		case $mode in enforce | complain | kill | unconfined | disabled) ;; *) problem "\"$mode\" is not a mode" ;; esac
		case $hash in *[!0-9a-f]*) problem "the hash \"$hash\" is not hexadecimal" ;; esac
		case $file in [!A-Za-z0-9_]* | *[!A-Za-z0-9._+-]*) problem "\"$file\" is not the name of a file" ;; esac
		[ -n "$problems" ] || [ -r "$1/$file" ] || problem "there is no file $1/$file"
		[ -z "$problems" ] || wrong="$wrong$NL  line $number:$problems"
		files="$files $file"
	done <"$1/declared"
	declared_count=$number
	[ -z "$wrong" ] || end_badly "$1/declared is wrong, nothing was loaded:$wrong"
	: >"$RUN/.sums"
	# shellcheck disable=SC2086 # names of files without blanks
	[ -z "$files" ] || (cd -- "$1" && sha256sum -- $files) >"$RUN/.sums" || end_badly "cannot read the policies in $1"
	while IFS=$TAB read -r name mode hash file || [ -n "$name" ]; do
		read -r sum _ <&5
		printf '%s\t3\t%s\t%s\t%s\t%s\n' "$name" "$mode" "$hash" "$file" "$sum"
	done <"$1/declared" 5<"$RUN/.sums" >"$RUN/.wanted"
	twice=$(sort "$RUN/.wanted" | while IFS=$TAB read -r name rest; do [ "$name" != "${before-}" ] || echo "$name"; before=$name; done)
	[ -z "$twice" ] || end_badly "$1/declared names a profile twice: $(printf '%s' "$twice" | tr '\n' ' ')"
}

# survey: writes $RUN/.survey, sorted by name: what the kernel has ("NAME 1 MODE FOLDER"), which claims there are
# ("NAME 2"), $RUN/.wanted, and what was loaded just now ("NAME 4"). In one go over all: to search for each profile would take the square of their number.
survey() {
	{
		cat "$RUN/.wanted" "$RUN/.done"
		for entry in "$SECURITYFS"/policy/profiles/*; do
			{ IFS= read -r found <"$entry/name" && IFS= read -r mode <"$entry/mode"; } 2>/dev/null || continue
			case $found in *[!A-Za-z0-9._+-]*) ;; *) printf '%s\t1\t%s\t%s\n' "$found" "$mode" "$entry" ;; esac
		done
		for entry in "$CLAIMS"/*; do
			[ ! -e "$entry" ] || printf '%s\t2\n' "${entry##*/}"
		done
	} | sort >"$RUN/.survey"
}

# each_profile FUNCTION: calls it for each name in the survey, with $name, $k_mode and $k_dir (empty where it is not
# loaded), $w_mode, $w_hash, $w_file and $w_sha (empty where it is not declared), $was_done where it was just loaded or
# unloaded, and what its claim says.
each_profile() {
	name=
	while IFS=$TAB read -r s_name s_kind s_1 s_2 s_3 s_4 <&5; do
		if [ "$s_name" != "$name" ]; then
			[ -z "$name" ] || "$1"
			name=$s_name k_mode='' k_dir='' w_mode='' w_hash='' w_file='' w_sha='' was_done='' c_state=''
			c_owner='' c_key='' c_sha='' c_mode='' c_kernel='' c_doubt='' c_unused='' c_loading=''
		fi
		case $s_kind in
			1) k_mode=$s_1 k_dir=$s_2 ;;
			2) know_claim "$name" ;;
			3) w_mode=$s_1 w_hash=$s_2 w_file=$s_3 w_sha=$s_4 ;;
			4) was_done=yes ;;
		esac
	done 5<"$RUN/.survey"
	[ -z "$name" ] || "$1"
}

# read_content: sets $k_hash, the kernel's hashes of $name and its children; those that it made itself while learning
# do not count. A kernel that hashes no policy (apparmor.hash_policy=0) leaves it without: then the mode must do.
# Reads $k_mode once more, at the end: others may have unloaded or replaced the profile since the survey.
read_content() {
	k_hash=
	[ -n "$k_dir" ] || return 0
	for entry in "$k_dir" "$k_dir"/profiles/* "$k_dir"/profiles/*/profiles/*; do
		part='' sum=''
		{ IFS= read -r part <"$entry/name"; } 2>/dev/null || continue
		case $part in null-* | *//null-*) continue ;; esac
		{ IFS= read -r sum <"$entry/sha256" || IFS= read -r sum <"$entry/sha1"; } 2>/dev/null
		k_hash="$k_hash $part=$sum"
	done
	{ IFS= read -r k_mode <"$k_dir/mode"; } 2>/dev/null || k_mode='' k_dir='' k_hash=''
}
