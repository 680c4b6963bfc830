/** The address families that a policy can name. */
export const families: readonly string[] =
	`unspec unix inet ax25 ipx appletalk netrom bridge atmpvc x25 inet6 rose netbeui security key netlink packet ash
	econet atmsvc rds sna irda pppox wanpipe llc ib mpls can tipc bluetooth iucv rxrpc isdn phonet ieee802154 caif alg
	nfc vsock kcm qipcrtr smc xdp mctp`.split(/\s+/);

/** The socket types that every family has. */
export const socketTypes: readonly string[] = ["stream", "dgram", "seqpacket", "rdm", "raw", "packet"];

/** The protocols that stand in the place of a type, with the families that have them. */
export const protocols: ReadonlyMap<string, readonly string[]> = new Map([
	["tcp", ["inet", "inet6"]],
	["udp", ["inet", "inet6"]],
	["icmp", ["inet"]],
]);

/** The families whose rules may name addresses and ports. */
export const addressFamilies: readonly string[] = ["inet", "inet6"];

/** The permissions on a socket itself. */
const localPermissions = ["create", "bind", "listen", "shutdown", "getattr", "setattr", "getopt", "setopt"];

/** The permissions that a socket has towards its peer. */
export const peerPermissions: readonly string[] = [
	"accept",
	"connect",
	"send",
	"receive",
	"read",
	"write",
	"r",
	"w",
	"rw",
	"wr",
];

/** Every permission on a socket. */
export const socketPermissions: readonly string[] = [...localPermissions, ...peerPermissions];
