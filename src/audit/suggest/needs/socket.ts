/** Permissions that concern a socket alone: the parser refuses a peer beside them. */
export const withoutPeer: ReadonlySet<string> = new Set([
	"create",
	"bind",
	"listen",
	"shutdown",
	"getattr",
	"setattr",
	"getopt",
	"setopt",
]);
