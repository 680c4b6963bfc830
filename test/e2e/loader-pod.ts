import type { SandboxHost } from "../../sandbox";
import { deliveredScript } from "../../src/agent/agent";

/** Where the parser comes from: the node's own through a mount of its files, or one in the pod. */
export type ParserFrom = "node" | "image";

/**
 * Runs a command as the loader's pod would run it, with nothing more: namespaces of its own for mounts and processes,
 * a read-only root, the mounts of the pod, and the capabilities that $1 names out of all that root has. $POD is which pod
 * it is, whose container may have run before; without, a new one.
 */
const pod = `#!/bin/sh
parser=$1 capabilities=$2
shift 2
empty=/run/pods/\${POD:-$$}
mkdir -p /host /var/lib/pulumi-apparmor /run/pulumi-apparmor "$empty"
export parser capabilities empty
exec unshare --mount --pid --fork --propagation private sh -c '
	from_node() {
		mkdir -p "/host$1"
		mount --bind "$1" "/host$1"
		[ "\${2-}" = rw ] || mount -o remount,bind,ro "/host$1"
	}
	mount -t tmpfs tmpfs /host
	from_node /proc
	mount -t tmpfs -o ro tmpfs /host/proc/sys
	if [ "$parser" = node ]; then
		for folder in /usr /lib /lib64 /sbin /etc/apparmor /etc/apparmor.d /var/lib/pulumi-apparmor; do
			from_node "$folder"
		done
		from_node /sys/kernel/security rw
		export AGENT_NODE_ROOT=/host
	fi
	mount -t proc proc /proc
	mount --bind "$empty" /run/pulumi-apparmor
	mount --bind /var/lib/pulumi-apparmor /var/lib/pulumi-apparmor
	mount -o remount,bind,ro /
	exec setpriv --bounding-set="-all,$capabilities" --inh-caps=-all --ambient-caps=-all --no-new-privs "$@"
' pod "$@"
`;

/** What the pod of each parser may do. */
export const capabilities: Record<ParserFrom, string> = { node: "+mac_admin,+sys_chroot", image: "+mac_admin" };

/** Brings the agent and the means to run it as in a pod. */
export async function installLoader(host: SandboxHost): Promise<void> {
	await host.run("cat >/usr/local/bin/pod && chmod +x /usr/local/bin/pod", { input: pod });
	await host.run("mkdir -p /opt/pulumi-apparmor && cat >/opt/pulumi-apparmor/apparmor-agent.sh", {
		input: deliveredScript("loader"),
	});
}

/** Fills the folder that Kubernetes would mount: name → policy in enforce mode. */
export async function declare(host: SandboxHost, policies: Record<string, string>): Promise<void> {
	const lines = Object.keys(policies).map((name) => `${name}\tenforce\tab\t${name}.profile`);
	const files = Object.entries({ ...policies, declared: lines.map((line) => `${line}\n`).join("") });
	const script = files.map(([name, text]) => {
		const file = name === "declared" ? name : `${name}.profile`;
		return `cat >/opt/declared/${file} <<'END OF FILE'\n${text}END OF FILE\n`;
	});
	await host.run("sh -s", { input: `rm -rf /opt/declared\nmkdir /opt/declared\n${script.join("")}` });
}

export interface LoaderOptions {
	parser?: ParserFrom;
	owner?: string;
	capabilities?: string;
	/** A pod whose container has run before. */
	pod?: string;
}

/** Starts the loader in place of one that runs, and waits until it is ready, or has ended. Tells what it has said. */
export async function startLoader(host: SandboxHost, options: LoaderOptions = {}): Promise<string> {
	const { parser = "node", owner = "org/shop/dev/profiles" } = options;
	const started = await host.run(
		`
		pkill -f '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve'
		while pgrep -f '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve' >/dev/null; do sleep 0.1; done
		export POD='${options.pod ?? ""}' NODE_NAME=node-1 AGENT_OWNER='${owner}' AGENT_UNUSED_SECONDS=2
		rm -f /run/loader.log /run/loader.pid
		setsid pod ${parser} '${options.capabilities ?? capabilities[parser]}' \\
			sh /opt/pulumi-apparmor/apparmor-agent.sh serve /opt/declared </dev/null >/run/loader.log 2>&1 &
		holder=$!
		while [ -d /proc/$holder ]; do
			pid=$(pgrep -o -f '^sh /opt/pulumi-apparmor/apparmor-agent.sh serve')
			if [ -n "$pid" ] && [ -e /proc/$pid/root/run/pulumi-apparmor/ready ]; then
				echo "$pid" >/run/loader.pid
				break
			fi
			sleep 0.1
		done
		cat /run/loader.log`,
	);
	return started.stdout;
}

/** Ends the loader; tells how long that took. */
export async function stopLoader(host: SandboxHost, signal = "TERM"): Promise<number> {
	const { stdout } = await host.run(`
		pid=$(cat /run/loader.pid)
		start=$(date +%s%N)
		kill -${signal} "$pid"
		while [ -d /proc/$pid ]; do sleep 0.01; done
		echo $((($(date +%s%N) - start) / 1000000))`);
	return Number(stdout);
}
