# ---- The command line ---------------------------------------------------------------------------------

usage() {
	say 'usage: apparmor-agent.sh COMMAND
  serve FOLDER
  ready'
	exit 2
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
	serve | ready) "$command" "$@" ;;
	*) usage ;;
esac
