import { dangerous, ok, review, type Verdict } from "./verdict";

type Access = "read" | "write";

interface FileDanger {
	path: RegExp;
	read?: Verdict;
	write?: Verdict;
}

const key = "it is a secret key";
const accounts = "it holds the accounts' password hashes";
const socket = "who can talk to this socket can start privileged processes on the host";
const start = "what it writes there is run by others, with their rights";
const home = "(?:/home/[^/]+|/root|/var/root)";

/** The first that matches decides. */
const dangers: FileDanger[] = [
	{ path: /^\/dev\/(null|zero|full|random|urandom|tty|stdin|stdout|stderr)$/, read: ok(0), write: ok(0) },
	{ path: /^\/dev\/log$/, read: ok(3), write: ok(3) },
	{ path: /^\/dev\/(pts\/\d+|ptmx)$/, read: ok(3), write: ok(3) },
	{ path: /^\/etc\/(g?shadow|security\/opasswd)/, read: dangerous(9, accounts), write: dangerous(10, accounts) },
	{
		path: new RegExp(`^${home}/\\.ssh/known_hosts`),
		read: ok(3),
		write: review(5, "it decides which hosts are trusted"),
	},
	{
		path: new RegExp(`^${home}/\\.ssh(/|$)`),
		read: dangerous(9, key),
		write: dangerous(10, "it decides who may log in"),
	},
	{ path: /^\/etc\/ssh\/ssh_host_.*_key$/, read: dangerous(9, key), write: dangerous(9, key) },
	{
		path: new RegExp(
			`^${home}/\\.(gnupg|aws|azure|config/gcloud|kube|docker/config\\.json|netrc|pgpass|my\\.cnf|git-credentials|vault-token|password-store|local/share/keyrings|mozilla/.*/(key4\\.db|logins\\.json))`,
		),
		read: dangerous(8, "it holds credentials"),
		write: dangerous(8, "it holds credentials"),
	},
	{
		path: /^\/etc\/(ssl\/private\/|letsencrypt\/(keys\/|(archive|live)\/[^/]+\/privkey)|pki\/.*\/private\/|krb5\.keytab|kubernetes\/|sudoers|ipsec\.secrets|wireguard\/)/,
		read: dangerous(8, "it holds keys or says who may become root"),
		write: dangerous(10, "it holds keys or says who may become root"),
	},
	{ path: /^\/var\/lib\/(kubelet\/pki|rancher|etcd)\//, read: dangerous(9, key), write: dangerous(9, key) },
	{
		path: /^(\/var)?\/run\/(docker|containerd\/containerd|crio\/crio|podman\/podman|libvirt\/libvirt-sock|systemd\/private)(\.sock)?$/,
		read: dangerous(10, socket),
		write: dangerous(10, socket),
	},
	{
		path: /^\/proc\/[^/]+\/(task\/[^/]+\/)?mem$/,
		read: dangerous(10, "it is a process's whole memory"),
		write: dangerous(10, "it is a process's whole memory"),
	},
	{
		path: /^(\/proc\/k(core|mem)|\/dev\/(k?mem|port))$/,
		read: dangerous(10, "it is the machine's memory"),
		write: dangerous(10, "it is the machine's memory"),
	},
	{
		path: /^\/proc\/sys\/kernel\/(core_pattern|modprobe|hotplug|poweroff_cmd)$/,
		read: ok(3),
		write: dangerous(10, "the kernel runs what is written there as root"),
	},
	{
		path: /^\/proc\/(sysrq-trigger|kallsyms)$/,
		read: review(7, "it shows kernel addresses"),
		write: dangerous(9, "it can reboot or crash the machine"),
	},
	{
		path: /^\/proc\/[^/]+\/(task\/[^/]+\/)?environ$/,
		read: review(7, "environments hold credentials"),
		write: review(7, "environments hold credentials"),
	},
	{ path: /^\/proc\/sys\//, read: ok(3), write: dangerous(8, "it changes the kernel's settings") },
	{ path: /^\/proc\//, read: ok(4), write: review(6, "it changes the state of a process or of the kernel") },
	{
		path: /^\/sys\/kernel\/security\//,
		read: review(5, "it shows the security modules' state"),
		write: dangerous(10, "it can change AppArmor's policy"),
	},
	{
		path: /^\/sys\/.*\/(release_agent|uevent_helper)$/,
		read: ok(3),
		write: dangerous(10, "the kernel runs what is written there as root"),
	},
	{
		path: /^\/sys\/firmware\/efi\/efivars\//,
		read: review(5, "it shows firmware settings"),
		write: dangerous(10, "it can make the machine unbootable"),
	},
	{ path: /^\/sys\//, read: ok(3), write: review(7, "it changes devices or the kernel") },
	{
		path: /^\/dev\/(sd|hd|vd|xvd|nvme|dm-|mapper\/|md|loop|mmcblk|ram|sg|disk\/)/,
		read: dangerous(9, "it is a whole disk, past all file permissions"),
		write: dangerous(10, "it is a whole disk, past all file permissions"),
	},
	{ path: /^\/dev\/shm\//, read: ok(3), write: ok(4) },
	{ path: /^\/dev\//, read: review(5, "it is a device"), write: review(7, "it is a device") },
	{
		path: /^\/boot\//,
		read: review(4, "it belongs to the boot loader"),
		write: dangerous(10, "it decides what boots"),
	},
	{
		path: /^(\/etc\/(cron|systemd\/|init\.d|rc|pam|ld\.so|profile|bash|sudoers|apparmor|udev|modprobe|environment|security\/|passwd|group|NetworkManager\/dispatcher)|\/var\/spool\/cron)/,
		read: ok(4),
		write: dangerous(10, start),
	},
	{ path: /^(\/usr)?\/(s?bin|lib(32|64|x32)?)\//, read: ok(2), write: dangerous(9, start) },
	{ path: /^\/usr\//, read: ok(2), write: dangerous(8, "programs and libraries belong to packages") },
	{ path: /^\/etc\//, read: ok(4), write: review(8, "configuration is the administrator's") },
	{
		path: new RegExp(`^${home}/\\.(bash|z|profile|config/(autostart|systemd)|local/bin)`),
		read: ok(5),
		write: dangerous(9, start),
	},
	{
		path: /^(\/home|\/root)(\/|$)/,
		read: review(5, "it is in someone's home folder"),
		write: review(6, "it is in someone's home folder"),
	},
	{ path: /^\/(var\/)?tmp\//, read: ok(4), write: ok(5) },
];

/** Names that speak of secrets wherever they are. */
const secretName =
	/(^|[/._-])(secrets?|passwords?|htpasswd|credentials?|private[._-]?keys?|tokens?|id_(rsa|dsa|ecdsa|ed25519))([/._-]|$)|\.(key|keytab|p12|pfx|jks|kdbx)$/i;
const harmlessSecretName = /^(\/etc\/passwd$|\/(usr|lib)\/)/;

/** How dangerous it is to read (`r`, `k`, `m`, `l`) or write (`w`, `a`) a file of this name. */
export function fileVerdict(name: string, access: Access): Verdict {
	const known = dangers.find(({ path }) => path.test(name))?.[access] ?? ok(access === "read" ? 3 : 5);
	if (known.level === "ok" && secretName.test(name) && !harmlessSecretName.test(name))
		return review(Math.max(known.severity, 7), "its name speaks of a secret");
	return known;
}

/** Whether a file must never stand for others like it. */
export function holdsSecrets(name: string): boolean {
	return secretName.test(name) || fileVerdict(name, "read").level === "dangerous";
}
