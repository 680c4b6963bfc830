import type { Rule } from "../../../policy/rules";
import { capabilityVerdict } from "./capabilities";
import { dangerous, ok, review, type Verdict, worst } from "./verdict";

/** How dangerous a rule is that is not about files. @param profile the profile that it is for. @param peer its peer, unescaped. */
export function ruleVerdict(rule: Rule, profile: string, peer: string | undefined): Verdict {
	switch (rule.kind) {
		case "capability":
			return worst(rule.capabilities.map(capabilityVerdict));
		case "network":
			return networkVerdict(rule.domain, rule.type);
		case "unix":
			return ok(3);
		case "signal":
			return peer === profile || !rule.permissions.includes("send") || rule.signals.join() === "exists"
				? ok(3)
				: review(5, "it lets the program stop or disturb another");
		case "ptrace":
			return ptraceVerdict(rule.permissions, peer === profile);
		case "dbus":
			return dbusVerdict(rule);
		// Of use only together with the capability sys_admin, which is the dangerous half.
		case "mount":
			return review(8, "who can mount can put other files in the place of those that the rules speak of");
		case "pivot_root":
			return review(8, "with another root, the rules' paths mean other files");
		case "userns":
			return review(8, "in a user namespace of its own it reaches kernel code that otherwise only root does");
		case "io_uring":
			return rule.permissions.includes("override_creds")
				? dangerous(8, "it acts with the credentials of another process")
				: review(6, "it starts a kernel thread that works for it");
		case "change_profile":
			return peer === "unconfined"
				? dangerous(10, "unconfined, no rule holds any more")
				: review(7, "from then on the other profile's rules hold instead of these");
		case "rlimit":
			return review(5, "the rule sets a limit for the program; it asked for more than it has");
		default:
			return ok(3);
	}
}

function networkVerdict(domain: string | undefined, type: string | undefined): Verdict {
	if (domain === "packet" || ((domain === "inet" || domain === "inet6") && type === "raw"))
		return review(7, "it can read or forge packets");
	return ["inet", "inet6", "netlink", "unix"].includes(domain ?? "") ? ok(4) : review(6, "a rare kind of socket");
}

function ptraceVerdict(permissions: string[], own: boolean): Verdict {
	if (own) return ok(3);
	if (permissions.includes("trace")) return dangerous(10, "it can change another program's memory");
	return permissions.includes("read") ? review(6, "it looks into another program") : ok(3);
}

/** Services of the system bus whose methods run programs or change the machine. */
const powerful =
	/^org\.freedesktop\.(systemd1|PolicyKit1|PackageKit|Accounts|UDisks2|login1\.Manager)|^org\.freedesktop\.DBus\.Debug/;

/** Whether a member, or each of a pattern's alternatives, only tells something. */
const asksOnly = (member = ""): boolean =>
	member
		.replace(/^\{|\}$/g, "")
		.split(",")
		.every((name) => /^(Get|List|Lookup)[A-Z]/.test(name));

function dbusVerdict(rule: Extract<Rule, { kind: "dbus" }>): Verdict {
	const value = (name: string) => rule.local.find((condition) => condition.name === name)?.values[0];
	if (rule.permissions.includes("eavesdrop")) return dangerous(8, "it reads all messages on the bus");
	if (rule.permissions.includes("bind")) return review(4, "it becomes the service of that name");
	const sends = rule.permissions.includes("send") && value("bus") === "system";
	if (sends && powerful.test(value("interface") ?? "") && !asksOnly(value("member")))
		return dangerous(8, "this service starts programs or changes the machine for its callers");
	return ok(sends ? 4 : 3);
}
