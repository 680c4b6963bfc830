/**
 * The abstractions that may be proposed: those that say what a program is (it uses the name service, it is written in
 * Python). Those that open a user's files or a desktop are left to people. In this order they are tried.
 */
export const knownAbstractions: readonly string[] = [
	"base",
	"nameservice",
	"nameservice-strict",
	"ssl_certs",
	"openssl",
	"crypto",
	"p11-kit",
	"python",
	"perl",
	"ruby",
	"php",
	"bash",
	"consoles",
	"fonts",
	"dbus-strict",
	"dbus-session-strict",
	"authentication",
	"kerberosclient",
	"ldapclient",
	"mysql",
	"hosts_access",
	"wutmp",
	"web-data",
	"svn-repositories",
];
