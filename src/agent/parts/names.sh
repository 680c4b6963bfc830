# ---- What is wrong with what was given; profiles' names -----------------------------------------------

problems=
problem() { problems=$problems$NL"  $1"; }

# The name is a file in /etc/apparmor.d that boot must load, a label in the kernel, and a word.
check_name() {
	case $1 in
		'') problem 'NAME is missing' ;;
		unconfined) problem "NAME \"$1\" is AppArmor's word for no profile at all" ;;
		[!A-Za-z0-9_]* | *[!A-Za-z0-9._+-]* | *..*)
			problem "NAME \"$1\": it may hold letters, digits and . _ + -, starts with a letter, a digit or _, and has no \"..\"" ;;
		*.dpkg-new | *.dpkg-old | *.dpkg-dist | *.dpkg-bak | *.dpkg-remove | *.pacsave | *.pacnew | *.rpmnew | *.rpmsave | \
			*.orig | *.rej | *~ | *.disabled) problem "NAME \"$1\": AppArmor passes over files with this ending" ;;
	esac
	[ ${#1} -le 200 ] || problem 'NAME is longer than 200 characters'
}
