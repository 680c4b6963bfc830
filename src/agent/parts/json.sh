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
			"$NL") json=$json\\n ;;
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
