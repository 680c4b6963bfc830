# ---- Arguments ----------------------------------------------------------------------------------------

# arguments "OPTION..." ARGUMENT...: sets a variable an option, and $name; notes what is wrong in $problems.
arguments() {
	allowed=$1
	shift
	name='' owner='' version='' mode='' policy_hash='' attachments='' units='' sources='' lines='' adopt=''
	while [ $# -gt 0 ]; do
		case $1 in
			-*) ;;
			*)
				[ -z "$name" ] || problem "unexpected argument: $1"
				name=$1
				shift
				continue
				;;
		esac
		case " $allowed " in *" $1 "*) ;; *) problem "unknown option: $1" ;; esac
		if [ "$1" = --adopt ]; then
			adopt=yes
			shift
			continue
		fi
		if [ $# -lt 2 ]; then
			problem "$1 needs a value"
			break
		fi
		case $2 in *[[:cntrl:]]*) problem "$1: a control character in the value" ;; esac
		case $1 in
			--owner) owner=$2 ;;
			--version) version=$2 ;;
			--mode) mode=$2 ;;
			--policy-hash) policy_hash=$2 ;;
			--attachment) attachments=$attachments$2$NL ;;
			--restart) units=$units$2$NL && check_unit "$2" ;;
			--source) sources=$sources$2$NL ;;
			--lines) lines=$2 && check_lines "$2" ;;
		esac
		shift 2
	done
	case " $allowed " in *' --owner '*)
		[ -n "$owner" ] || problem '--owner is missing'
		[ ${#owner} -le 500 ] || problem '--owner is longer than 500 bytes'
		;;
	esac
}

check_unit() {
	case $1 in '' | -* | *[!A-Za-z0-9:_.@\\-]*) problem "--restart \"$1\" is not the name of a systemd unit" ;; esac
}

check_lines() {
	check_rest=$1,
	while [ -n "$check_rest" ]; do
		check_entry=${check_rest%%,*}
		check_rest=${check_rest#*,}
		case :$check_entry: in
			*[!0-9:]* | *::* | *:0[0-9]* | *[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*) ;;
			:*:*:*:*:) ;;
			:*:*:*:) continue ;;
		esac
		problem "--lines: \"$check_entry\" is not START:INDEX:LINE"
		return
	done
}

check_arguments() { [ -z "$problems" ] || fail "wrong arguments, nothing was changed:$problems" 2; }
