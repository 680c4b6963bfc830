# ---- The command line ---------------------------------------------------------------------------------

usage() {
	say 'usage: apparmor-agent.sh COMMAND
  install|uninstall --owner OWNER
  apply NAME --owner OWNER --mode enforce|complain|kill|unconfined|disabled [OPTION...] <POLICY
  remove NAME --owner OWNER
  status|converge [NAME]'
	exit 2
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
	apply | remove | converge | install | uninstall) "$command" "$@" ;;
	status) status_command "$@" ;;
	*) usage ;;
esac
