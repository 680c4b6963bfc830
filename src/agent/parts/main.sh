# ---- The command line ---------------------------------------------------------------------------------

usage() {
	say 'usage: apparmor-agent.sh COMMAND
  install|uninstall --owner OWNER
  apply NAME --owner OWNER --mode enforce|complain|kill|unconfined|disabled [OPTION...] <POLICY
  remove NAME --owner OWNER
  status|converge [NAME]
  serve FOLDER
  ready'
	exit 2
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
	apply | remove | converge | install | uninstall | serve | ready) "$command" "$@" ;;
	status) status_command "$@" ;;
	*) usage ;;
esac
