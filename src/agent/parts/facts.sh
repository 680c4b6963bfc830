# ---- The host -----------------------------------------------------------------------------------------

need_apparmor() {
	apparmor_state
	[ -z "$off" ] || fail "$off; nothing was changed"
	command -v "$PARSER" >/dev/null 2>&1 ||
		fail "apparmor_parser is not installed: install the package apparmor (apt-get install apparmor); nothing was changed"
	[ -d "$POLICIES" ] || fail "there is no folder $POLICIES: install the package apparmor; nothing was changed"
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
